# SPDX-License-Identifier: GPL-2.0-or-later
"""Actions of the editor."""

from vptop.ui.actions import Action, Scope

EDITOR = Scope(
    "Editor",
    (
        Action("edit.apply", "ctrl+s,ctrl+j", "apply", "apply to the running machine", "Apply"),
        Action("edit.save", "ctrl+o", "save", "write to the script's file", "Write"),
        Action("edit.reload", "ctrl+r", "reload", "discard the draft, edit the running text"),
        Action("edit.revert", "alt+z", "revert", "run the previous version again", "Revert"),
        Action("edit.complete", "ctrl+@,ctrl+space", "complete", "complete the word", "Complete"),
        Action("edit.fix", "ctrl+g,alt+enter", "fix", "apply the suggested fix", "Fix"),
        Action("problem.next", "f8", "problem(1)", "next problem", "Problem"),
        Action("problem.previous", "shift+f8,f20", "problem(-1)", "previous problem", shown="Shift+F8"),
        Action("edit.definition", "f12", "definition", "go to the definition of the word"),
        Action("edit.comment", "ctrl+underscore,ctrl+slash", "comment", "comment or uncomment lines"),
        Action("edit.script", "f9", "pick_script", "choose another script", "Script"),
        Action("edit.leave", "escape", "leave", "back to the previous view", "Leave"),
    ),
)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Actions of the editor."""

from vptop.ui.actions import Action, Scope

# Alt+F and Alt+B arrive as Ctrl+arrows, Alt with a punctuation mark as the mark alone: none of them can be a key.
EDITOR = Scope(
    "Editor",
    (
        Action("edit.apply", "ctrl+s,ctrl+j", "apply", "apply to the running machine", "Apply"),
        Action("edit.since", "alt+s", "apply_since", "apply since a moment that has passed; cancel that"),
        Action("edit.auto", "alt+a", "auto_apply", "apply by itself after each pause without errors; off again"),
        Action("edit.save", "ctrl+o", "save", "write to the script's file", "Write"),
        Action("edit.reload", "ctrl+r", "reload", "discard the draft: the file again, or the running text"),
        Action("edit.revert", "alt+z", "revert", "run the previous version again", "Revert"),
        Action("edit.complete", "ctrl+@,ctrl+space", "complete", "complete the word", "Complete"),
        Action("edit.fix", "ctrl+g,alt+enter", "fix", "apply the suggested fix", "Fix"),
        Action("problem.next", "f8", "problem(1)", "next problem", "Problem"),
        Action("problem.previous", "shift+f8,f20", "problem(-1)", "previous problem", shown="Shift+F8"),
        Action("edit.find", "ctrl+f", "find", "find and replace", "Find", priority=True),
        Action("edit.definition", "f12", "definition", "go to the definition of the word"),
        Action("edit.widen", "alt+up", "widen", "select the enclosing form"),
        Action("edit.narrow", "alt+down", "narrow", "the selection before"),
        Action("edit.indent", "alt+i", "reindent", "indent the form or the selected lines"),
        Action("edit.comment", "ctrl+underscore,ctrl+slash", "comment", "comment or uncomment lines"),
        Action("edit.live", "alt+l", "live_rows", "show the rows of the aggregate in this line, or hide them"),
        Action("edit.external", "f4", "external", "edit in $VISUAL or $EDITOR"),
        Action("edit.new", "ctrl+n", "new_script", "begin a new script"),
        Action("edit.script", "f9", "pick_script", "choose another script", "Script"),
        Action("edit.next", "alt+right,ctrl+pagedown", "script(1)", "next script"),
        Action("edit.previous", "alt+left,ctrl+pageup", "script(-1)", "previous script"),
        Action("edit.leave", "escape", "leave", "back to the previous view", "Leave"),
    ),
)

# SPDX-License-Identifier: GPL-2.0-or-later
"""The dashboard's own themes. Hues from Okabe and Ito's set, told apart with every kind of colour vision."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="vptop-dark",
    primary="#56B4E9",
    secondary="#009E73",
    accent="#F0E442",
    foreground="#D3DAE3",
    background="#0E1217",
    surface="#0E1217",
    panel="#1A212A",
    success="#2FC796",
    warning="#E69F00",
    error="#F47A48",
    dark=True,
    variables={
        "vptop-muted": "#8F9CA7",
        "vptop-cursor": "#1B3348",
        "vptop-chip-text": "#0B0F14",
        "vptop-border": "#33414F",
        "border": "#33414F",
    },
)
LIGHT = Theme(
    name="vptop-light",
    primary="#006CA9",
    secondary="#00785A",
    accent="#895600",
    foreground="#1C2430",
    background="#FAFBFC",
    surface="#FAFBFC",
    panel="#EEF1F4",
    success="#00785A",
    warning="#9A5B00",
    error="#B23A00",
    dark=False,
    variables={
        "vptop-muted": "#5A6570",
        "vptop-cursor": "#DCEBF8",
        "vptop-chip-text": "#FFFFFF",
        "vptop-border": "#B9C4CF",
        "border": "#B9C4CF",
    },
)
CONTRAST = Theme(
    name="vptop-contrast",
    primary="#6CC8FF",
    secondary="#2EE6A8",
    accent="#FFF04D",
    foreground="#FFFFFF",
    background="#000000",
    surface="#000000",
    panel="#1A1A1A",
    success="#2EE6A8",
    warning="#FFB000",
    error="#FF7A45",
    dark=True,
    variables={
        "vptop-muted": "#C0C0C0",
        "vptop-cursor": "#003660",
        "vptop-chip-text": "#000000",
        "vptop-border": "#A0A0A0",
        "border": "#A0A0A0",
    },
)
THEMES = (DARK, LIGHT, CONTRAST)

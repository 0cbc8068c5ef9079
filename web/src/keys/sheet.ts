/** Every key the application listens to: the help sheet is drawn from this table. */

export interface KeyHelp {
  keys: readonly string[];
  does: string;
}

export interface KeyGroup {
  title: string;
  entries: readonly KeyHelp[];
}

export const KEY_GROUPS: readonly KeyGroup[] = [
  {
    title: "Images",
    entries: [
      { keys: ["↓", "↑"], does: "Next, previous image" },
      { keys: ["Page Down", "Page Up"], does: "Ten images on, ten back" },
      { keys: ["Home", "End"], does: "First, last image" },
      { keys: ["[", "]"], does: "Previous, next series" },
      { keys: ["I"], does: "Invert greys" },
      { keys: ["R"], does: "Reset window, zoom and position" },
      { keys: ["1 … 9"], does: "Window presets, in the order of the list" },
    ],
  },
  {
    title: "Tools of the left mouse button",
    entries: [
      { keys: ["W"], does: "Window and level" },
      { keys: ["P"], does: "Move the image" },
      { keys: ["Z"], does: "Zoom" },
      { keys: ["S"], does: "Scroll through the images" },
      { keys: ["L"], does: "Measure a length" },
      { keys: ["B"], does: "Measure two axes" },
      { keys: ["A"], does: "Measure an angle" },
      { keys: ["X", "O", "C"], does: "Draw a box, an ellipse, an outline" },
      { keys: ["D"], does: "Mark a point" },
      { keys: ["Delete"], does: "Remove the chosen mark" },
      { keys: ["Ctrl+Z"], does: "Take the last mark back" },
    ],
  },
  {
    title: "Mouse",
    entries: [
      { keys: ["Wheel"], does: "Scroll through the images" },
      { keys: ["Right button"], does: "Zoom" },
      { keys: ["Middle button"], does: "Move the image" },
    ],
  },
  {
    title: "Reading",
    entries: [
      { keys: ["F"], does: "Show or hide the form" },
      { keys: ["G"], does: "Go to the first open item of the form" },
      { keys: ["Esc"], does: "Leave the form and return to the images" },
    ],
  },
  { title: "Everywhere", entries: [{ keys: ["?"], does: "This sheet" }] },
];

/** Tools, window presets, invert and reset; every button names its key. */

import { Menu, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import { useDrawing, useDrawingState } from "../drawing/context";
import {
  AngleIcon,
  BoxIcon,
  ChevronDown,
  Contrast,
  EllipseIcon,
  Layers,
  Move,
  Outline,
  PointIcon,
  Reset,
  Ruler,
  SunMedium,
  TwoAxes,
  Undo,
  ZoomIn,
} from "../parts/icons";
import { presetsFor } from "./presets";
import type { Tool, ViewerStore } from "./store";
import classes from "./Toolbar.module.css";

const TOOLS: readonly { tool: Tool; label: string; key: string; icon: ReactNode }[] = [
  { tool: "window", label: "Window and level", key: "W", icon: <SunMedium size={17} /> },
  { tool: "pan", label: "Move", key: "P", icon: <Move size={17} /> },
  { tool: "zoom", label: "Zoom", key: "Z", icon: <ZoomIn size={17} /> },
  { tool: "scroll", label: "Scroll", key: "S", icon: <Layers size={17} /> },
];

const MARKING: readonly { tool: Tool; label: string; key: string; icon: ReactNode }[] = [
  { tool: "length", label: "Length", key: "L", icon: <Ruler size={17} /> },
  { tool: "bidirectional", label: "Two axes", key: "B", icon: <TwoAxes size={17} /> },
  { tool: "angle", label: "Angle", key: "A", icon: <AngleIcon size={17} /> },
  { tool: "box", label: "Box", key: "X", icon: <BoxIcon size={17} /> },
  { tool: "ellipse", label: "Ellipse", key: "O", icon: <EllipseIcon size={17} /> },
  { tool: "polygon", label: "Outline", key: "C", icon: <Outline size={17} /> },
  { tool: "point", label: "Point", key: "D", icon: <PointIcon size={17} /> },
];

interface ToolbarProps {
  store: ViewerStore;
  modality: string;
  children?: ReactNode;
}

export function Toolbar({ store, modality, children }: ToolbarProps) {
  const { tool: chosen, inverted, commands } = useStore(store);
  const off = commands === null;
  const drawing = useDrawing();
  const editable = useDrawingState((state) => state.editable);
  return (
    <div className={classes.bar} role="toolbar" aria-label="Image tools">
      <div className={classes.group}>
        {TOOLS.map(({ tool, label, key, icon }) => (
          <BarButton
            key={tool}
            label={label}
            hint={key}
            pressed={tool === chosen}
            onPress={() => store.setState({ tool })}
          >
            {icon}
          </BarButton>
        ))}
      </div>
      {editable && (
        <div className={classes.group}>
          {MARKING.map(({ tool, label, key, icon }) => (
            <BarButton
              key={tool}
              label={label}
              hint={key}
              pressed={tool === chosen}
              onPress={() => store.setState({ tool })}
            >
              {icon}
            </BarButton>
          ))}
          <BarButton label="Take the last mark back" hint="Ctrl+Z" onPress={() => drawing.undo()}>
            <Undo size={17} />
          </BarButton>
        </div>
      )}
      <div className={classes.group}>
        <Presets store={store} modality={modality} />
        <BarButton
          label="Invert greys"
          hint="I"
          pressed={inverted}
          disabled={off}
          onPress={() => commands?.setInverted(!inverted)}
        >
          <Contrast size={17} />
        </BarButton>
        <BarButton label="Reset" hint="R" disabled={off} onPress={() => commands?.reset()}>
          <Reset size={17} />
        </BarButton>
      </div>
      <div className={classes.end}>{children}</div>
    </div>
  );
}

function Presets({ store, modality }: { store: ViewerStore; modality: string }) {
  const commands = useStore(store, (state) => state.commands);
  const presets = presetsFor(modality);
  if (presets.length === 0) return null;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className={classes.wide} disabled={commands === null}>
          Presets <ChevronDown size={13} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {presets.map(({ label, width, center }, at) => (
          <Menu.Item
            key={label}
            rightSection={<span className={classes.hint}>{at + 1}</span>}
            onClick={() => commands?.setWindow(width, center)}
          >
            {label}{" "}
            <span className={classes.hint}>
              W {width} L {center}
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface BarButtonProps {
  label: string;
  hint?: string;
  pressed?: boolean;
  disabled?: boolean;
  onPress(): void;
  children: ReactNode;
}

export function BarButton({ label, hint, pressed, disabled, onPress, children }: BarButtonProps) {
  return (
    <Tooltip label={hint === undefined ? label : `${label} (${hint})`}>
      <button
        type="button"
        className={classes.button}
        aria-label={label}
        aria-pressed={pressed}
        aria-keyshortcuts={hint}
        disabled={disabled}
        onClick={onPress}
      >
        {children}
      </button>
    </Tooltip>
  );
}

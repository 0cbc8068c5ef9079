/** The read page: the task's images beside its form. */

import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { buildQuery, taskQuery } from "../api/queries";
import type { TaskDetail } from "../api/types";
import { DrawingContext } from "../drawing/context";
import { Drawing } from "../drawing/drawing";
import { useKeys } from "../keys/useKeys";
import { PanelRight } from "../parts/icons";
import { Answered } from "../parts/states";
import { usePageTitle } from "../parts/title";
import { shownSeries } from "../viewer/series";
import { BarButton } from "../viewer/Toolbar";
import { Viewer } from "../viewer/Viewer";
import { FormPanel } from "./FormPanel";
import classes from "./ReadPage.module.css";

export function ReadPage() {
  const { taskId } = useParams({ from: "/app/tasks/$taskId" });
  const task = useQuery(taskQuery(taskId));
  usePageTitle("Read");
  return (
    <div className={classes.page}>
      <Answered of={task} what="the task">
        {(found) => <Reading key={found.id} task={found} />}
      </Answered>
    </div>
  );
}

function Reading({ task }: { task: TaskDetail }) {
  const [formShown, setFormShown] = useState(true);
  const [drawing] = useState(() => new Drawing(""));
  drawing.build = useQuery(buildQuery).data?.version ?? "";
  useKeys({ f: () => setFormShown((before) => !before), Escape: leaveForm });

  return (
    <DrawingContext value={drawing}>
      <div className={classes.split} data-form-shown={formShown} data-task-state={task.state}>
        <Viewer
          series={shownSeries(task.images.dicomweb, task.images.studies)}
          actions={
            <BarButton
              label={formShown ? "Hide the form" : "Show the form"}
              hint="F"
              pressed={formShown}
              onPress={() => setFormShown((before) => !before)}
            >
              <PanelRight size={17} />
            </BarButton>
          }
        />
        {/* Hidden, not removed: what is typed and not yet sent stays where it is. */}
        <div className={classes.form} hidden={!formShown}>
          <FormPanel task={task} />
        </div>
      </div>
    </DrawingContext>
  );
}

function leaveForm(): void {
  document.querySelector<HTMLElement>("[data-testid=viewport]")?.focus();
}

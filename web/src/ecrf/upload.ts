/** How a file becomes an attachment: sent to the task, named by the digest that comes back. */

import { createContext, useContext } from "react";
import type { Address } from "./address";

export type Upload = (file: File, address: Address) => Promise<string>;

export const UploadContext = createContext<Upload>(() =>
  Promise.reject(new Error("A file can be attached only while the task is open.")),
);

export const useUpload = (): Upload => useContext(UploadContext);

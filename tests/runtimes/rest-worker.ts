// The entry for workerd.
import { fetch } from "./rest-app.ts";

export default { fetch };

// What workerd runs.
import { fetch } from "./rest-app.ts";

export default { fetch };

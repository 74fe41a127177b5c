import { SlackRefusal } from "../refusal.ts";
import type { StepExecution } from "../work-in-progress.ts";
import type { MethodArguments } from "./arguments.ts";
import type { ApiContext, Method } from "./context.ts";

function findRunning(args: MethodArguments, { workspace }: ApiContext): StepExecution {
  const execution = workspace.executions.get(args.required("function_execution_id"));
  if (execution === undefined) throw new SlackRefusal("function_execution_not_found");
  if (execution.status !== "running") throw new SlackRefusal("execution_not_in_running_state");
  return execution;
}

/** How a workflow step says that it is over. */
export const functionMethods: Record<string, Method> = {
  "functions.completeSuccess": (args, context) => {
    const execution = findRunning(args, context);
    execution.status = "completed";
    execution.outputs = args.record("outputs") ?? {};
    return {};
  },
  "functions.completeError": (args, context) => {
    const execution = findRunning(args, context);
    execution.status = "failed";
    execution.error = args.required("error");
    return {};
  },
};

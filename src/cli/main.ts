#!/usr/bin/env node
import process from "node:process";
import { usualIo } from "./command.ts";
import { run } from "./run.ts";

process.exitCode = await run(process.argv.slice(2), usualIo());

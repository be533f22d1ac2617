// The house style as lint rules; `deno lint` loads them by deno.json. They hold for src/, which is what users read; the
// words hold for everything that is read.
import { pathOf } from "./path.ts";
import { words } from "./words_rule.ts";

type Node = Deno.lint.Node;
type Rule = Deno.lint.Rule;

const plugin: Deno.lint.Plugin = {
  name: "style",
  rules: {
    "private-fields": inSource((context) => {
      const check = (node: Deno.lint.PropertyDefinition | Deno.lint.MethodDefinition): void => {
        if (node.accessibility !== "private" || nameOf(node.key) === "constructor") return;
        context.report({ node, message: "A private member is written #name, which is private at run time too" });
      };
      return { PropertyDefinition: check, MethodDefinition: check };
    }),
    "function-declarations": inSource((context) => ({
      VariableDeclarator(node) {
        if (node.init?.type !== "ArrowFunctionExpression" || !isTopLevel(node)) return;
        context.report({ node, message: "A function of a module is declared: function name() {}" });
      },
    })),
    "documented-exports": inSource((context) => ({
      ExportNamedDeclaration(node) {
        if (node.declaration === null || context.sourceCode.getCommentsBefore(node).some(isDoc)) return;
        context.report({ node, message: "What is exported says in a comment /** … */ what it is for" });
      },
    })),
    "few-parameters": inSource((context) => {
      const check = (node: Deno.lint.FunctionDeclaration): void => {
        if (node.params.length <= MAX_PARAMETERS) return;
        const message = `More than ${MAX_PARAMETERS} parameters: put what has a default into an options bag`;
        context.report({ node, message });
      };
      return { "ExportNamedDeclaration > FunctionDeclaration": check };
    }),
    "error-messages": inSource((context) => ({
      NewExpression(node) {
        const [first] = node.arguments;
        const text = /Error$/.test(nameOf(node.callee)) ? textOf(first) : undefined;
        // The code of a protocol error comes before its text.
        if (text !== undefined && /^[a-z]+(_[a-z]+)*$/.test(text)) return;
        if (text === undefined || /^[A-Z0-9"“]/.test(text) && !/[^.]\.$/.test(text)) return;
        context.report({ node, message: "An error begins with a capital letter and has no period at its end" });
      },
    })),
    "no-default-export": inSource((context) => ({
      ExportDefaultDeclaration(node) {
        context.report({ node, message: "Exports have names" });
      },
    })),
    "short-files": inSource((context) => ({
      Program(node) {
        const [folder, max] = pathOf(context).startsWith("src/stream/") ? ["src/stream", 200] : ["src", 300];
        const lines = context.sourceCode.text.trimEnd().split("\n").length;
        if (lines <= max) return;
        context.report({ node, message: `A file of ${folder} has at most ${max} lines, this has ${lines}: split it` });
      },
    })),
    words,
  },
};

export default plugin;

/** Two, and an options bag. */
const MAX_PARAMETERS = 3;

function inSource(create: Rule["create"]): Rule {
  return { create: (context) => pathOf(context).startsWith("src/") ? create(context) : {} };
}

function isTopLevel({ parent }: Deno.lint.VariableDeclarator): boolean {
  const outer = (parent as { parent?: Node } | undefined)?.parent;
  return outer?.type === "Program" || outer?.type === "ExportNamedDeclaration";
}

function isDoc({ type, value }: { readonly type: string; readonly value: string }): boolean {
  return type === "Block" && value.startsWith("*");
}

function nameOf(node: Node): string {
  return node.type === "Identifier" ? node.name : "";
}

function textOf(node: Node | undefined): string | undefined {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  // A text that begins or ends with a value is judged by what can be seen of it.
  if (node?.type !== "TemplateLiteral") return undefined;
  const parts = node.quasis.map(({ cooked }) => cooked);
  return parts.join("0");
}

import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as ts from 'typescript';

/** A regular expression of the source. */
export interface Found {
  /** `src/kernel/clock.ts:9` */
  readonly where: string;
  readonly expression: RegExp;
}

const root = join(__dirname, '../..');

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(folder, entry.name)) : /(?<!\.spec|\.d)\.ts$/.test(entry.name) ? [join(folder, entry.name)] : [],
  );

const parsed = filesIn(join(root, 'src')).map((file) =>
  ts.createSourceFile(relative(root, file), readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true),
);

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

/** Constants of the source that are plain texts, by name: what expressions are put together from. */
const constants = new Map<string, ts.Expression>();
for (const file of parsed) {
  walk(file, (node) => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined)
      constants.set(node.name.text, node.initializer);
  });
}

/** The text that an expression of the source stands for. */
function textOf(node: ts.Expression): string {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'String.raw' && ts.isNoSubstitutionTemplateLiteral(node.template)) {
    return node.template.rawText ?? node.template.text;
  }
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map((span) => textOf(span.expression) + span.literal.text).join('');
  }
  if (ts.isIdentifier(node)) {
    const constant = constants.get(node.text);
    if (constant !== undefined) return textOf(constant);
  }
  throw new Error(`what is ${node.getText()} in ${node.getSourceFile().fileName}? A regular expression is made of it`);
}

/** Every regular expression that src/ is written with, literals and `new RegExp(…)` alike. */
export function regularExpressions(): Found[] {
  const found: Found[] = [];
  for (const file of parsed) {
    walk(file, (node) => {
      const where = `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
      if (ts.isRegularExpressionLiteral(node)) {
        const [, source = '', flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(node.text) ?? [];
        found.push({ where, expression: new RegExp(source, flags) });
      } else if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp') {
        const [source, flags] = node.arguments ?? [];
        if (source === undefined) throw new Error(`${where}: a RegExp of nothing`);
        found.push({ where, expression: new RegExp(textOf(source), flags === undefined ? '' : textOf(flags)) });
      }
    });
  }
  return found;
}

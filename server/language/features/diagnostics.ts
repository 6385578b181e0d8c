/** Suspected hacks and damage, as diagnostics with all their evidence as related information. */
import { DiagnosticSeverity, type Diagnostic, type DiagnosticRelatedInformation } from 'vscode-languageserver/node';
import type { Finding, Grade } from '../../hack/index';
import type { EpisodeModel } from '../model';
import { pageOfTurn, type Range } from '../readable';
import { placeOfFinding, type Sheet } from '../sheet';
import { counted, GRADE_MARK } from '../words';

const SEVERITY: Readonly<Record<Grade, DiagnosticSeverity>> = {
  weak: DiagnosticSeverity.Information,
  strong: DiagnosticSeverity.Warning,
  proved: DiagnosticSeverity.Error,
};

export const SOURCE = 'turnpike';
/** Other places listed at one finding; the rest is counted in its message. */
const RELATED_SHOWN = 50;

export interface DiagnosticContext {
  /** The document's address. */
  readonly uri: string;
  /** Address of another page of the readable document. */
  readonly pageUri: (attempt: number, page: number) => string;
  readonly relatedInformation: boolean;
}

/** Diagnostics of the findings whose first evidence or first turn stands in the document, and of what is damaged. */
export function diagnostics(sheet: Sheet, context: DiagnosticContext): Diagnostic[] {
  const out: Diagnostic[] = sheet.problems.map(({ range, problem }) => ({
    range,
    severity: problem.severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    source: SOURCE,
    message: problem.message,
  }));
  const models = sheet.kind === 'readable' ? [sheet.main] : [...new Set(sheet.turns.map((t) => t.model))];
  for (const model of models) {
    for (const finding of model.of.findings) {
      if (finding.suppressed) continue;
      const range = placeOfFinding(sheet, model, finding);
      if (range !== null) out.push(findingDiagnostic(sheet, model, finding, range, context));
    }
  }
  return out;
}

function findingDiagnostic(sheet: Sheet, model: EpisodeModel, finding: Finding, range: Range, context: DiagnosticContext): Diagnostic {
  const related = context.relatedInformation ? relatedPlaces(sheet, model, finding, range, context) : [];
  const more = related.length > RELATED_SHOWN ? ` (first ${RELATED_SHOWN} of ${counted(related.length, 'other place')} listed)` : '';
  const diagnostic: Diagnostic = {
    range,
    severity: SEVERITY[finding.grade],
    code: finding.rule,
    source: SOURCE,
    message: `${GRADE_MARK[finding.grade]} ${finding.title} (${finding.grade}): ${finding.message}${more}`,
    data: { rule: finding.rule, id: finding.id, attempt: model.attempt },
  };
  if (related.length > 0) diagnostic.relatedInformation = related.slice(0, RELATED_SHOWN);
  return diagnostic;
}

function relatedPlaces(
  sheet: Sheet,
  model: EpisodeModel,
  finding: Finding,
  primary: Range,
  context: DiagnosticContext,
): DiagnosticRelatedInformation[] {
  const out: DiagnosticRelatedInformation[] = [];
  let skipped = false;
  for (const evidence of finding.evidence) {
    const range = sheet.evidenceRange(model, evidence);
    const message = `Turn ${evidence.turn + 1}, ${evidence.field}`;
    if (range === null) {
      const page = pageOfTurn(model.windows, evidence.turn);
      const top = { line: 0, character: 0 };
      out.push({
        location: { uri: context.pageUri(model.attempt, page), range: { start: top, end: top } },
        message: `${message} (page ${page + 1})`,
      });
    } else if (!skipped && same(range, primary)) skipped = true;
    else out.push({ location: { uri: context.uri, range }, message });
  }
  return out;
}

const same = (a: Range, b: Range): boolean =>
  a.start.line === b.start.line &&
  a.start.character === b.start.character &&
  a.end.line === b.end.line &&
  a.end.character === b.end.character;

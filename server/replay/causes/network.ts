import { firstOf, turnName, type FindCauses } from './cause';

/** What programs say where a name can't be resolved or nothing can be reached. */
const UNREACHABLE =
  /Temporary failure in name resolution|Could not resolve host|Name or service not known|Network is unreachable|Failed to establish a new connection|No route to host|getaddrinfo (?:EAI_AGAIN|ENOTFOUND)|Could not resolve '|(?:No matching distribution|Could not find a version that satisfies the requirement)/i;
/** Programs that are of no use without a network. */
const ASKS =
  /(?:^|[;&|(]\s*|\s)((?:pip3?|python3? -m pip) (?:install|download)|curl|wget|git (?:clone|fetch|pull)|npm (?:install|ci)|apt(?:-get)? (?:install|update)|conda (?:install|create))\b/;

/** The command that first came out otherwise wanted a network, which a replay never has. */
export const network: FindCauses = (evidence) => {
  const turn = firstOf(evidence);
  if (turn === undefined) return [];
  const said = UNREACHABLE.test(turn.replayed) && !UNREACHABLE.test(turn.recorded ?? '');
  const asks = ASKS.exec(turn.action)?.[1];
  if (!said && asks === undefined) return [];
  const sentence =
    asks === undefined
      ? `What ran in ${turnName(turn.index)} asked for a network, which a replay has not.`
      : `\`${asks}\` in ${turnName(turn.index)} asks for a network, which a replay has not.`;
  return [{ kind: 'network', turn: turn.index, sentence }];
};

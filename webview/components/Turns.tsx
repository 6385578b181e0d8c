import { visibleTurns } from '../model/store';
import { Detail } from './Detail';
import { Toolbar } from './Toolbar';
import { TurnList } from './TurnList';

export function Turns() {
  return (
    <>
      <Toolbar />
      <div class="split" style={{ '--rows': visibleTurns.value.length }}>
        <TurnList />
        <Detail />
      </div>
    </>
  );
}

import { Detail } from './Detail';
import { Toolbar } from './Toolbar';
import { TurnList } from './TurnList';

export function Turns() {
  return (
    <>
      <Toolbar />
      <div class="split">
        <TurnList />
        <Detail />
      </div>
    </>
  );
}

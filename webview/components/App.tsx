import { Chart } from '../chart/Chart';
import { announcement, view } from '../model/store';
import { GateSliders } from './GateSlider';
import { Header } from './Header';
import { HelpSheet } from './HelpSheet';
import { Notices, Standby } from './Notices';
import { Tabs } from './Tabs';

export function App() {
  const ready = view.value !== null;
  return (
    <>
      {ready ? (
        <main class="page">
          <Header />
          <Notices />
          <Chart />
          <GateSliders />
          <Tabs />
        </main>
      ) : (
        <Standby />
      )}
      <HelpSheet />
      <div class="sr-only" role="status" aria-live="polite" data-testid="announcement">
        {announcement.value}
      </div>
    </>
  );
}

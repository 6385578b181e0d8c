/** The inspector page: one episode, its rewards, what the gates paid, and what smells. */
import { render } from 'preact';
import '@preact/signals';
import './style/base.css';
import './style/header.css';
import './style/chart.css';
import './style/arithmetic.css';
import './style/sliders.css';
import './style/turns.css';
import './style/text.css';
import './style/panels.css';
import './style/replay.css';
import { App } from './components/App';
import { start } from './model/client';
import { onPageKey } from './model/keys';

const root = document.createElement('div');
root.id = 'turnpike';
document.body.append(root);
window.addEventListener('keydown', onPageKey);
render(<App />, root);
start();

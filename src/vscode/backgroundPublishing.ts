import { StatusBarAlignment, Uri, window } from 'vscode';
import type { Disposable, LogOutputChannel } from 'vscode';
import { hasEnded } from '../core/publication';
import type { PublicationEnding } from '../core/publication';
import { PublicationLife } from '../core/publicationLife';
import { publishingFailed, publishingInterrupted, publishingNotStarted } from '../core/problems';
import { orderedImage } from '../core/publishOrder';
import type { PublishOrder } from '../core/publishOrder';
import { monotonicClock } from '../adapters/monotonicClock';
import type { Publications } from '../adapters/publishing/publications';
import { isGone } from '../adapters/publishing/publicationProcess';
import { startPublishing } from '../adapters/publishing/startPublishing';
import { COMMANDS } from './commandIds';
import { progressText, publishedText, publishingText } from './publishingText';
import type { SeenPublication } from './publishingText';
import { showProblem, showWarning } from './showProblem';
import { showText } from './statusBar';

/** How often what is under way is looked at, in milliseconds. */
const LOOK = 1000;

/**
 * Shows what is published in the background, whichever window had it begun, and tells how it ended: in the
 * window that a person looks at, once.
 */
export class BackgroundPublishing implements Disposable {
  private readonly item = window.createStatusBarItem('publishing', StatusBarAlignment.Left, 49);
  private readonly life = new PublicationLife(monotonicClock, isGone);
  private readonly told = new Set<string>();
  private readonly focus: Disposable;
  private next: NodeJS.Timeout | undefined;

  /** @param script the command line's, as shipped. */
  constructor(
    private readonly publications: Publications,
    private readonly script: string,
    private readonly log: LogOutputChannel,
  ) {
    this.item.name = 'Dev Container Prebuild: Publishing';
    this.item.command = COMMANDS.showPublishing;
    this.focus = window.onDidChangeWindowState(() => {
      this.lookIn(0);
    });
    this.next = setTimeout(() => {
      this.publications.forgetOld();
      this.look();
    }, LOOK);
  }

  /** Has an order carried out. Where that cannot be, it is said, and whatever was opened is open. */
  start(order: PublishOrder): void {
    try {
      startPublishing(this.publications, order, this.script);
      this.log.info(`Publishing ${orderedImage(order)} in the background`);
    } catch (error) {
      showWarning(publishingNotStarted(String(error)), this.log);
    }
    this.lookIn(0);
  }

  /** The status bar item's click: cancels one of those under way, or shows its log. */
  async show(): Promise<void> {
    const underWay = this.see().filter(({ state }) => !hasEnded(state));
    if (underWay.length === 0) {
      void window.showInformationMessage('Nothing is published in the background.');
      return;
    }
    const items = underWay.flatMap(({ id, order, state }) => [
      {
        label: '$(close) Cancel Publishing',
        description: progressText(state),
        detail: orderedImage(order),
        choose: () => {
          this.publications.open(id).requestCancel();
          return Promise.resolve();
        },
      },
      {
        label: '$(output) Show Its Log',
        description: '',
        detail: orderedImage(order),
        choose: async () => {
          await window.showTextDocument(Uri.file(this.publications.open(id).logFile));
        },
      },
    ]);
    const picked = await window.showQuickPick(items, { title: 'Publishing in the Background' });
    await picked?.choose();
  }

  dispose(): void {
    clearTimeout(this.next);
    this.focus.dispose();
    this.item.dispose();
  }

  private lookIn(milliseconds: number): void {
    clearTimeout(this.next);
    this.next = setTimeout(() => {
      this.look();
    }, milliseconds);
  }

  private look(): void {
    const seen = this.see();
    showText(this.item, publishingText(seen));
    if (seen.some(({ state }) => !hasEnded(state))) {
      this.lookIn(LOOK);
    }
    if (window.state.focused) {
      seen.forEach((publication) => {
        this.tellOnce(publication);
      });
    }
  }

  private see(): readonly SeenPublication[] {
    return this.publications
      .list()
      .map(({ id, order, state }) => ({ id, order, state: this.life.judge(id, state) }));
  }

  private tellOnce({ id, order, state }: SeenPublication): void {
    if (hasEnded(state) && !this.told.has(id)) {
      this.told.add(id);
      if (this.publications.open(id).claimTelling()) {
        void this.tell(id, order, state);
      }
    }
  }

  private async tell(id: string, order: PublishOrder, ending: PublicationEnding): Promise<void> {
    const image = orderedImage(order);
    switch (ending.status) {
      case 'done':
        await window.showInformationMessage(publishedText(order, ending.how));
        return;
      case 'cancelled':
        await window.showInformationMessage(`Publishing ${image} was cancelled.`);
        return;
      case 'failed':
        this.log.info(this.publications.open(id).log());
        await showProblem(publishingFailed(image, ending.problem), this.log);
        return;
      case 'interrupted':
        this.log.info(this.publications.open(id).log());
        await showProblem(publishingInterrupted(image), this.log);
    }
  }
}

import { Component, type ReactNode } from 'react';

interface AccountBoundaryProps {
  /** Called once one of the children has thrown. The parent then shows something else. */
  onFail: () => void;
  children: ReactNode;
}

/**
 * Keeps an account that can't be shown from removing the whole page, and with it the button to sign out. React offers this
 * to classes only.
 */
export class AccountBoundary extends Component<AccountBoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override componentDidCatch() {
    this.props.onFail();
  }

  override render() {
    return this.state.hasFailed ? null : this.props.children;
  }
}

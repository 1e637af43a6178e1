import type { Userinfo } from '@oneclick/sign-in';
import { Component, type ReactNode } from 'react';

interface AccountBoundaryProps {
  /** The account that the children show. Another one is tried anew. */
  user: Userinfo;
  /** Shown in place of the children once one of them has thrown. */
  fallback: ReactNode;
  children: ReactNode;
}

interface AccountBoundaryState {
  user: Userinfo;
  hasFailed: boolean;
}

/**
 * Keeps an account that can't be shown from removing the whole page, and with it the button to sign out. React offers this
 * to classes only.
 */
export class AccountBoundary extends Component<AccountBoundaryProps, AccountBoundaryState> {
  override state = { user: this.props.user, hasFailed: false };

  static getDerivedStateFromProps({ user }: AccountBoundaryProps, shown: AccountBoundaryState) {
    return user === shown.user ? null : { user, hasFailed: false };
  }

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? this.props.fallback : this.props.children;
  }
}

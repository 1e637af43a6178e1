import type { FastifyPluginAsync } from 'fastify';
import { ConfigError, parseConfig, type Config } from '../config.ts';

/** On SIGHUP, reads the files of the secrets again: a session key or the client secret is replaced without a restart. */
export const reloadSecrets: FastifyPluginAsync<{ config: Config }> = async (app, { config }) => {
  function reload(): void {
    try {
      const { secrets, redisUrl } = parseConfig();
      Object.assign(config.secrets, secrets);
      const keys = secrets.sessionKeys.map(({ kid }) => kid);
      app.log.info({ event: 'secrets_reloaded', sessionKeys: keys }, 'the secrets were read again');
      if (redisUrl !== config.redisUrl) app.log.warn('REDIS_URL has changed: it needs a restart');
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const { faults } = error;
      app.log.error({ event: 'secrets_refused', faults }, 'the secrets stay as they were');
    }
  }
  app.addHook('onListen', async () => void process.on('SIGHUP', reload));
  app.addHook('onClose', async () => void process.off('SIGHUP', reload));
};

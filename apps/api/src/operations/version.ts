declare const BUILD_VERSION: string | undefined;

/** The commit of the build, which rolldown.config.ts inserts. */
export const VERSION = typeof BUILD_VERSION === 'string' ? BUILD_VERSION : 'source';

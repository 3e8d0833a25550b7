/** What is fetched from outside, pinned: the one place of versions and hashes. */
export const questdb = {
  artifact: 'org.questdb:questdb:9.3.4',
  file: 'questdb-9.3.4.jar',
  sha256: '939bc53ab22f93dbaa6545143a6e7c536d4904c07b7f2d381e8eef10436be062',
} as const;

/** The Maven plugin that copies the artifact. */
export const mavenDependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

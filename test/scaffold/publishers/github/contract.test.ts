import { testPublisher } from "../../../contracts/publisher.ts";
import { startGithubEmulator } from "../../../emulators/github/emulator.ts";
import { publisherFor } from "../../../emulators/github/harness.ts";

testPublisher("github", async () => {
  const github = await startGithubEmulator();
  return {
    publisher: publisherFor(github),
    owner: "acme",
    host: "github.com",
    restart: () => publisherFor(github),
    cloneUrl(remoteUrl) {
      const [owner = "", repo = ""] = new URL(remoteUrl).pathname.slice(1).split("/");
      return github.repositoryPath(owner, repo.replace(/\.git$/, ""));
    },
    close: () => github.close(),
  };
});

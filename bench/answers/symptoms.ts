/** Troubles that runbooks describe: an alert's name, what the runbook says, and how people put it, in other words too. */
export interface Symptom {
  alert: string;
  title: string;
  meaning: string;
  mitigation: string;
  asked: readonly string[];
}

/** The troubles of the made-up companies. */
export const symptoms: readonly Symptom[] = [
  {
    alert: "HighErrorRate",
    title: "Error rate is high",
    meaning: "More than two percent of requests end with status 500 or higher.",
    mitigation:
      "Roll back the last release. If a dependency answers with errors, open its circuit breaker.",
    asked: ["5xx", "high error rate", "returns 500s", "lots of errors"],
  },
  {
    alert: "HighLatency",
    title: "Requests are slow",
    meaning: "The 99th percentile of the response time is above one second for ten minutes.",
    mitigation: "Look for slow queries, add replicas, and turn off optional features.",
    asked: ["slow", "high latency", "p99 is up", "timeouts"],
  },
  {
    alert: "OutOfMemory",
    title: "Pods are killed for memory",
    meaning: "The kernel kills the process because it exceeds its memory limit.",
    mitigation: "Raise the limit, take a heap dump, restart one pod after the other.",
    asked: ["OOM", "oomkilled", "memory leak", "out of memory"],
  },
  {
    alert: "ConsumerLag",
    title: "Consumer group falls behind",
    meaning: "The consumer group is more than ten thousand messages behind the topic.",
    mitigation: "Scale the consumers up to the number of partitions, park the poison message.",
    asked: ["kafka lag", "consumer lag", "backlog is growing", "falling behind"],
  },
  {
    alert: "CertificateExpiring",
    title: "Certificate expires soon",
    meaning: "The TLS certificate expires in fewer than fourteen days.",
    mitigation: "Renew it with the certificate manager and reload the ingress.",
    asked: ["certificate expired", "cert expiring", "tls expiry", "ssl certificate"],
  },
  {
    alert: "DiskFull",
    title: "Disk is almost full",
    meaning: "Less than five percent of the volume is free.",
    mitigation: "Delete old logs, grow the volume, then find what wrote so much.",
    asked: ["disk full", "no space left", "volume almost full", "out of disk space"],
  },
  {
    alert: "CrashLooping",
    title: "Pods crash again and again",
    meaning: "The container restarted more than five times in ten minutes.",
    mitigation: "Read the log of the previous container, correct the configuration, roll back.",
    asked: ["crashloop", "keeps restarting", "crashes on start", "CrashLoopBackOff"],
  },
  {
    alert: "DatabaseConnectionsExhausted",
    title: "No database connections left",
    meaning: "The pool waits longer than a second for a connection.",
    mitigation: "End idle sessions, lower the pool size of the batch jobs.",
    asked: ["too many connections", "connection pool exhausted", "no db connections"],
  },
  {
    alert: "ReplicationBroken",
    title: "Replica does not follow",
    meaning: "The standby is more than a minute behind the primary.",
    mitigation: "Check the network, rebuild the standby, fail over only with the owner.",
    asked: ["replication lag", "replica is behind", "failover needed"],
  },
  {
    alert: "DeadLetters",
    title: "Messages in the dead-letter queue",
    meaning: "Messages could not be processed five times and were put aside.",
    mitigation: "Read the reason in the header, correct it, and replay the queue.",
    asked: ["dlq filling up", "dead letter queue", "messages in dlq"],
  },
  {
    alert: "LoginFailures",
    title: "Sign-in fails for many",
    meaning: "More than a tenth of the attempts to sign in is refused.",
    mitigation: "Check the identity provider and the clock, rotate the client secret.",
    asked: ["login broken", "users can't log in", "401 errors", "auth failing"],
  },
  {
    alert: "DuplicateRecords",
    title: "Records are booked twice",
    meaning: "The same key was written more than once.",
    mitigation: "Stop the retry job, remove the duplicates with the script.",
    asked: ["duplicates", "booked twice", "double entries"],
  },
];

alter function audit.seal_parts(audit.seal, audit.seal, boolean) reset enable_seqscan;

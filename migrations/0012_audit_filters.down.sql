drop table audit.saved_filter;

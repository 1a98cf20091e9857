//! HTTP edges: health, metrics, and later the web client, public pages, status and administration.

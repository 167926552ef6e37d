// Package health holds the page on which the owner sees how the desk is.
package health

import "strings"

// What to write into a proxy's configuration, with the desk's name.

func nginx(host string) string {
	return strings.ReplaceAll(`server {
    listen 443 ssl;
    server_name HOST;
    client_max_body_size 12m;
    location / {
        proxy_pass http://127.0.0.1:8090;
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $http_connection;
        proxy_read_timeout 75s;
        proxy_buffering off;
    }
}`, "HOST", host)
}

func caddy(host string) string { return host + " {\n\treverse_proxy 127.0.0.1:8090\n}" }

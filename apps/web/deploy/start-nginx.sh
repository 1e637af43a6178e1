#!/bin/sh
# Configures the app from the environment and serves it with nginx. The Dockerfile puts the build and the files of deploy/ beside
# this file. All that is written goes to a new folder below TMPDIR, which may be in memory.
set -eu

cd "$(dirname "$0")"
site=$(mktemp -d)
mkdir -p "$site/oneclick/web" "$site/oneclick/api"
cp nginx.conf "$site/oneclick/web"
cp nginx-routes.conf "$site/oneclick/api"
sed "s/127.0.0.1:3000/$API_ADDRESS/" nginx-upstream.conf > "$site/oneclick/api/nginx-upstream.conf"
node dist-headers/configure.mjs "$site/oneclick/web"

# Without this module of Debian, nginx sends gzip.
brotli=/usr/lib/nginx/modules/ngx_http_brotli_static_module.so
[ -e "$brotli" ] || brotli=

cat > "$site/oneclick/web/nginx-site.conf" <<END
listen $PORT;
root oneclick/web/dist;
access_log /dev/stdout oneclick_web;
${brotli:+brotli_static on;}
${API_ADDRESS:+include oneclick/api/nginx-routes.conf;}
END

cat > "$site/nginx.conf" <<END
${brotli:+load_module $brotli;}
pid nginx.pid;
events {}
http {
    include /etc/nginx/mime.types;
    client_body_temp_path temporary;
    proxy_temp_path temporary;
    fastcgi_temp_path temporary;
    uwsgi_temp_path temporary;
    scgi_temp_path temporary;
    ${API_ADDRESS:+include oneclick/api/nginx-upstream.conf;}
    include oneclick/web/nginx.conf;
}
END

exec nginx -p "$site" -c "$site/nginx.conf" -e stderr -g 'daemon off;'

# odoo-mcp as a container: docker build -t odoo-mcp .
# Any image with Node 24, npm and apt can stand in for the base: --build-arg BASE=…
ARG BASE=docker.io/library/node:24-slim

FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  # Types and source maps are a third of it, and nothing reads them at run time.
  && find node_modules dist -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.?ts' \) -delete

FROM ${BASE}
# For the health check here, and for that of compose files written for the early servers.
RUN apt-get update \
  && apt-get install -y --no-install-recommends curl \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log
# The program belongs to root, so that the process cannot change it; it writes in logs alone, and only when told to.
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
RUN mkdir config logs && chown 1000:1000 logs
# PORT stands here, so that the health check and the published port hold whatever a config.yaml says.
ENV HOST=0.0.0.0 PORT=8000
EXPOSE 8000
LABEL org.opencontainers.image.title="odoo-mcp" \
  org.opencontainers.image.description="Odoo for AI assistants and programs, over MCP and REST" \
  org.opencontainers.image.licenses="MIT" \
  io.modelcontextprotocol.server.name="io.github.odoo-mcp/odoo-mcp"
# A number, because Kubernetes can tell from it alone that this is not root. In the base image it is the user "node".
USER 1000:1000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --retries=3 --start-period=10s \
  CMD curl -fsS -o /dev/null --max-time 9 "http://127.0.0.1:$PORT/health" || exit 1
# Node itself is process 1: it handles the signals, and starts no processes that somebody would have to reap.
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["serve", "--generate-access-key"]

# The program is one static file, time zones included. The image holds it, root
# certificates, and nothing else.

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o out/xiaoer .
RUN mkdir -p out/data out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /src/out/ /
USER 65532:65532
ENV XIAOER_HTTP=0.0.0.0:8090 XIAOER_DIR=/data
VOLUME /data
EXPOSE 8090
HEALTHCHECK --interval=30s --timeout=6s --start-period=10s CMD ["/xiaoer", "health"]
ENTRYPOINT ["/xiaoer"]
CMD ["serve"]

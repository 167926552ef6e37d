# The program is one static file; the image holds nothing else but what it
# cannot carry: root certificates (time zones are inside it).

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags "-s -w" -o /out/xiaoer . \
 && mkdir -p /out/root/data /out/root/tmp /out/root/etc/ssl/certs \
 && cp /out/xiaoer /out/root/xiaoer \
 && cp /etc/ssl/certs/ca-certificates.crt /out/root/etc/ssl/certs/ \
 && chmod 1777 /out/root/tmp && chown -R 65532:65532 /out/root/data

FROM scratch
COPY --from=build /out/root/ /
USER 65532:65532
ENV XIAOER_HTTP=0.0.0.0:8090 XIAOER_DIR=/data
VOLUME /data
EXPOSE 8090
HEALTHCHECK --interval=30s --timeout=6s --start-period=10s CMD ["/xiaoer", "health"]
ENTRYPOINT ["/xiaoer"]
CMD ["serve"]

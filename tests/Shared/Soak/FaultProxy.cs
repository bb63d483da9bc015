using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using WalletFunctions.TestSupport;

namespace WalletFunctions.Soak;

/// <summary>Stands between hosts and the table service, and makes calls go wrong as planned. The hosts take it for the service.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private const int Unavailable = 503;
    private const int Broken = 500;

    private static readonly string[] HopByHop = ["Connection", "Host", "Keep-Alive", "Transfer-Encoding"];

    private readonly WebApplication app;
    private readonly HttpMessageInvoker service = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false });
    private readonly string target;
    private readonly ConcurrentDictionary<long, Task> late = new();
    private readonly ConcurrentDictionary<StorageFault, int> done = new();
    private FaultPlan? plan;
    private long calls;

    private FaultProxy(WebApplication app, string target) => (this.app, this.target) = (app, target);

    /// <summary>How often each fault happened.</summary>
    public IReadOnlyDictionary<StorageFault, int> Done => done;

    public int Port { get; private init; }

    public static async Task<FaultProxy> StartAsync(Azurite storage, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var server = builder.Build();
        var proxy = new FaultProxy(server, $"http://127.0.0.1:{storage.TablePort}") { Port = port };
        server.Run(proxy.HandleAsync);
        await server.StartAsync();
        return proxy;
    }

    /// <summary>Faults begin, or with null end.</summary>
    public void Follow(FaultPlan? faults)
    {
        Interlocked.Exchange(ref calls, 0);
        Volatile.Write(ref plan, faults);
    }

    /// <summary>Waits for the writes that are still on their way.</summary>
    public Task SettleAsync() => Task.WhenAll(late.Values);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await SettleAsync();
        await app.DisposeAsync();
        service.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var call = await Call.ReadAsync(context.Request, target);

        // A host that starts asks without a signature who listens here: that is before any work, and it must hear the truth.
        var number = call.IsSigned ? Interlocked.Increment(ref calls) : 0;
        var (fault, pause) = call.IsSigned && Volatile.Read(ref plan) is { } faults ? faults.At(number, call.Writes, call.MovesHead) : (StorageFault.None, TimeSpan.Zero);
        if (fault != StorageFault.None)
        {
            done.AddOrUpdate(fault, 1, (_, count) => count + 1);
        }

        switch (fault)
        {
            case StorageFault.None:
                await PassAsync(context, call);
                break;
            case StorageFault.Delay:
                await Task.Delay(pause);
                await PassAsync(context, call);
                break;
            case StorageFault.AnswerLost:
                (await SendAsync(call)).Dispose();
                context.Abort();
                break;
            case StorageFault.Late:
                late[number] = Task.Run(async () =>
                {
                    await Task.Delay(pause);
                    (await SendAsync(call)).Dispose();
                });
                context.Abort();
                break;
            case StorageFault.Busy:
                await RefuseAsync(context, Unavailable, "ServerBusy");
                break;
            case StorageFault.InternalError:
                await RefuseAsync(context, Broken, "InternalError");
                break;
            case StorageFault.DoneButInternalError:
                (await SendAsync(call)).Dispose();
                await RefuseAsync(context, Broken, "InternalError");
                break;
            case StorageFault.HeadMoved:
                await RefuseTransactionAsync(context);
                break;
        }
    }

    private async Task PassAsync(HttpContext context, Call call)
    {
        using var answer = await SendAsync(call);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!HopByHop.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        var body = await answer.Content.ReadAsByteArrayAsync();
        if (body.Length > 0)
        {
            await context.Response.Body.WriteAsync(body);
        }
    }

    // Whoever asked may be dead by now: what has reached the service is done all the same.
    private async Task<HttpResponseMessage> SendAsync(Call call)
    {
        using var request = call.ToRequest();
        var answer = await service.SendAsync(request, CancellationToken.None);
        await answer.Content.LoadIntoBufferAsync();
        return answer;
    }

    private static Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync("{\"odata.error\":{\"code\":\"" + code + "\",\"message\":{\"lang\":\"en-US\",\"value\":\"As planned.\"}}}");
    }

    private static Task RefuseTransactionAsync(HttpContext context)
    {
        context.Response.StatusCode = 202;
        context.Response.ContentType = "multipart/mixed; boundary=batchresponse_1";
        return context.Response.WriteAsync(
            """
            --batchresponse_1
            Content-Type: multipart/mixed; boundary=changesetresponse_1

            --changesetresponse_1
            Content-Type: application/http
            Content-Transfer-Encoding: binary

            HTTP/1.1 412 Precondition Failed
            X-Content-Type-Options: nosniff
            Content-Type: application/json;odata=minimalmetadata;streaming=true;charset=utf-8

            {"odata.error":{"code":"UpdateConditionNotSatisfied","message":{"lang":"en-US","value":"0:The update condition specified in the request was not satisfied."}}}
            --changesetresponse_1--
            --batchresponse_1--

            """.ReplaceLineEndings("\r\n"));
    }

    /// <summary>A call as it came in, to be made once, now or later.</summary>
    private sealed record Call(HttpMethod Method, Uri Address, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
    {
        public bool Writes => Method != HttpMethod.Get;

        public bool IsSigned => Headers.Any(header => header.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase));

        public bool MovesHead { get; private init; }

        public static async Task<Call> ReadAsync(HttpRequest request, string target)
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            var path = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget;

            // The signature covers the path as it was written: it must not be tidied up.
            var address = new Uri(target + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            return new Call(
                HttpMethod.Parse(request.Method),
                address,
                [.. request.Headers.Where(header => !HopByHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase)).Select(header => KeyValuePair.Create(header.Key, header.Value.ToString()))],
                body.ToArray())
            {
                MovesHead = path.EndsWith("/$batch", StringComparison.Ordinal) && Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length).Contains("RowKey='head", StringComparison.Ordinal),
            };
        }

        public HttpRequestMessage ToRequest()
        {
            var request = new HttpRequestMessage(Method, Address) { Content = Body.Length > 0 || Writes ? new ByteArrayContent(Body) : null };
            foreach (var (name, value) in Headers)
            {
                if (!request.Headers.TryAddWithoutValidation(name, value))
                {
                    request.Content?.Headers.TryAddWithoutValidation(name, value);
                }
            }

            return request;
        }
    }
}

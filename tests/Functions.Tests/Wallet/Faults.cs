using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace WalletFunctions.Tests.Wallet;

/// <summary>What goes wrong with one storage call.</summary>
internal enum Fault
{
    None,

    /// <summary>The call does not reach the service, which answers a status of its own.</summary>
    Busy,
    InternalError,
    PreconditionFailed,

    /// <summary>The call is done; its answer is lost on the way back.</summary>
    AnswerLost,

    /// <summary>The call is done; a front end answers 500.</summary>
    DoneButInternalError,

    /// <summary>The caller gives up waiting; the call is done a little later.</summary>
    Late,

    /// <summary>The call is done; before its answer arrives, the writes that were late land.</summary>
    LateLandsMeanwhile,

    /// <summary>The process ends before the call.</summary>
    EndBefore,

    /// <summary>The process ends after the call.</summary>
    EndAfter,
}

/// <summary>Stands between a client and storage, behind the signing of requests, and makes calls go wrong as planned.</summary>
internal sealed class Faults : HttpPipelinePolicy
{
    private static readonly HttpClient Later = new();

    private readonly List<Task> late = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int calls;

    /// <summary>Decides about a call: its number (from 1), and whether it writes.</summary>
    public Func<int, bool, Fault> Plan { get; set; } = (_, _) => Fault.None;

    /// <summary>Which requests the service refuses as too busy, by their address and body; null: none.</summary>
    public Func<string, bool>? Blocks { get; set; }

    /// <summary>How late a late write is; random and short if not given.</summary>
    public TimeSpan? LateBy { get; set; }

    /// <summary>Done once the process has ended: from then on it calls nothing.</summary>
    public Task Ended => ended.Task;

    public int Calls => Volatile.Read(ref calls);

    /// <summary>Waits for the writes that are still on their way.</summary>
    public Task SettleAsync()
    {
        lock (late)
        {
            return Task.WhenAll(late.ToArray());
        }
    }

    private static async Task<string> TextAsync(Request request, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        if (request.Content is { } content)
        {
            await content.WriteToAsync(body, cancellation);
        }

        return Uri.UnescapeDataString(request.Uri.ToString()) + System.Text.Encoding.UTF8.GetString(body.ToArray());
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException("Only asynchronous calls are made.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var writes = message.Request.Method != RequestMethod.Get;
        var fault = Ended.IsCompleted ? Fault.EndBefore : Plan(Interlocked.Increment(ref calls), writes);
        if (Blocks is { } blocks && blocks(await TextAsync(message.Request, message.CancellationToken)))
        {
            fault = Fault.Busy;
        }

        if (fault == Fault.Late && !writes)
        {
            fault = Fault.Busy;
        }

        switch (fault)
        {
            case Fault.None:
                await ProcessNextAsync(message, pipeline);
                break;
            case Fault.Busy:
                message.Response = new Plain(503);
                break;
            case Fault.InternalError:
                message.Response = new Plain(500);
                break;
            case Fault.PreconditionFailed:
                message.Response = new Plain(412);
                break;
            case Fault.AnswerLost:
                await ProcessNextAsync(message, pipeline);
                throw new RequestFailedException(0, "The connection was lost.");
            case Fault.DoneButInternalError:
                await ProcessNextAsync(message, pipeline);
                message.Response = new Plain(500);
                break;
            case Fault.Late:
                await SendLaterAsync(message);
                throw new TaskCanceledException("The call took too long.");
            case Fault.LateLandsMeanwhile:
                await ProcessNextAsync(message, pipeline);
                await SettleAsync();
                break;
            case Fault.EndBefore:
                ended.TrySetResult();
                throw new ProcessEndedException();
            case Fault.EndAfter:
                await ProcessNextAsync(message, pipeline);
                ended.TrySetResult();
                throw new ProcessEndedException();
            default:
                throw new NotSupportedException(fault.ToString());
        }
    }

    private async Task SendLaterAsync(HttpMessage message)
    {
        using var body = new MemoryStream();
        if (message.Request.Content is { } content)
        {
            await content.WriteToAsync(body, CancellationToken.None);
        }

        var copy = new HttpRequestMessage(new HttpMethod(message.Request.Method.Method), message.Request.Uri.ToUri()) { Content = new ByteArrayContent(body.ToArray()) };
        foreach (var header in message.Request.Headers)
        {
            if (!copy.Headers.TryAddWithoutValidation(header.Name, header.Value))
            {
                copy.Content.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }
        }

        lock (late)
        {
            late.Add(Task.Run(async () =>
            {
                await Task.Delay(LateBy ?? TimeSpan.FromMilliseconds(Random.Shared.Next(1, 60)));
                using var answer = await Later.SendAsync(copy);
            }));
        }
    }

    private sealed class Plain(int status) : Response
    {
        public override int Status => status;

        public override bool IsError => true;

        public override string ReasonPhrase => "as planned";

        public override Stream? ContentStream { get; set; } = new MemoryStream();

        public override string ClientRequestId { get; set; } = "";

        public override void Dispose()
        {
        }

        protected override bool ContainsHeader(string name) => false;

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => [];

        protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
        {
            value = null;
            return false;
        }

        protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = null;
            return false;
        }
    }
}

/// <summary>Stands for the end of the process: nothing that was about to happen happens any more.</summary>
internal sealed class ProcessEndedException : Exception;

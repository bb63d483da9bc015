using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Embedded.Tests.Support;

/// <summary>Stands for the network: decides for each try whether it passes, fails, or is done and its answer lost.</summary>
internal sealed class Faults(Func<int, Fault> of) : HttpPipelineTransport
{
    private int _tries;

    public int Tries => _tries;

    /// <summary>Only the first try fails.</summary>
    public static Faults First(Fault fault) => new(attempt => attempt == 1 ? fault : default);

    public override Request CreateRequest() => HttpClientTransport.Shared.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        var fault = of(Interlocked.Increment(ref _tries));
        if (fault.Kind == FaultKind.Answer)
        {
            message.Response = new CannedResponse(fault.Status);
            return;
        }

        await HttpClientTransport.Shared.ProcessAsync(message);
        if (fault.Kind == FaultKind.AnswerLost) throw new RequestFailedException("The connection was reset.", new IOException());
    }

    private sealed class CannedResponse(int status) : Response
    {
        public override int Status => status;

        public override string ReasonPhrase => "";

        public override Stream? ContentStream { get; set; }

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

internal enum FaultKind
{
    None,

    /// <summary>The request does not arrive; the answer is <see cref="Fault.Status"/>.</summary>
    Answer,

    /// <summary>The request is carried out, and the connection breaks before the answer.</summary>
    AnswerLost,
}

[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct Fault(FaultKind Kind, int Status = 0);

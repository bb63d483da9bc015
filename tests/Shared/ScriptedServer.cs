using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace WalletFunctions.TestSupport;

/// <summary>
/// A server that expects one conversation, line by line, and says what was recorded. In an expected line a literal stands as
/// <c>{5}|hello</c>; in a reply <c>$</c> at the start of a line is the command's tag. A reply of null says nothing and keeps
/// the connection open; "close" closes it; "tls" starts TLS after the reply before it.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _conversation;
    private Stream? _stream;
    private string? _difference;
    private int _heard;
    private string _lastTag = "";

    private readonly bool _refusesLiterals;

    private ScriptedServer(bool tagged, string greeting, (string Expected, string? Reply)[] script, bool refusesLiterals = false)
    {
        _refusesLiterals = refusesLiterals;
        _listener.Start();
        _conversation = TalkAsync(tagged, greeting, script);
    }

    /// <summary>How many of the expected lines have come.</summary>
    public int Heard => Volatile.Read(ref _heard);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static ScriptedServer Imap(string greeting, params (string Expected, string? Reply)[] script) => new(tagged: true, greeting, script);

    /// <summary>A literal is not asked for: the script's reply follows its announcement.</summary>
    public static ScriptedServer ImapRefusingLiterals(string greeting, params (string Expected, string? Reply)[] script) => new(tagged: true, greeting, script, refusesLiterals: true);

    public static ScriptedServer Smtp(string greeting, params (string Expected, string? Reply)[] script) => new(tagged: false, greeting, script);

    public async ValueTask DisposeAsync()
    {
        // The client is gone by now or will say no more; what it did not say is a difference as well.
        await Task.WhenAny(_conversation, Task.Delay(TimeSpan.FromSeconds(0.3)));
        await _end.CancelAsync();
        await _conversation;
        _listener.Stop();
        _end.Dispose();
        if (_difference is not null) throw new InvalidOperationException(_difference);
    }

    private async Task TalkAsync(bool tagged, string greeting, (string Expected, string? Reply)[] script)
    {
        var at = 0;
        try
        {
            using var client = await _listener.AcceptTcpClientAsync(_end.Token);
            _stream = client.GetStream();
            await SendAsync(greeting);
            while (at < script.Length)
            {
                var (expected, reply) = script[at];
                var line = await ReadCommandAsync();
                if (line is null)
                {
                    _difference = $"The client left where it should have said: {expected}";
                    return;
                }
                var isCommand = tagged && line.Length > 10 && line[0] == 'A' && line[9] == ' ' && line.AsSpan(1, 8).IndexOfAnyExceptInRange('0', '9') < 0;
                if (isCommand) _lastTag = line[..9];
                var said = isCommand ? line[10..] : line;
                if (said != expected)
                {
                    _difference = $"Expected: {expected}\nSaid:     {said}";
                    return;
                }
                Volatile.Write(ref _heard, ++at); // a client that goes while it is answered has said what it should
                if (reply is null) continue;
                if (reply == "close") return;
                var startsTls = reply.EndsWith("tls", StringComparison.Ordinal);
                await SendAsync(("\n" + (startsTls ? reply[..^3] : reply)).Replace("\n$ ", $"\n{_lastTag} ", StringComparison.Ordinal)[1..]);
                if (!startsTls) continue;
                var tls = new SslStream(_stream);
                await tls.AuthenticateAsServerAsync(TestCertificate.Shared);
                _stream = tls;
            }
            // Stay until the client leaves, so that silence is silence and not an end of file.
            while (await ReadCommandAsync() is { } more && _difference is null) _difference = $"Nothing more was expected, but the client said: {more}";
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            if (at < script.Length && !_end.IsCancellationRequested) _difference ??= $"{e.Message} where the client should have said: {script[at].Expected}";
        }
    }

    private async Task SendAsync(string text) => await _stream!.WriteAsync(Encoding.Latin1.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal)), _end.Token);

    /// <summary>One line; with literals, all of them and what follows.</summary>
    private async Task<string?> ReadCommandAsync()
    {
        var command = new StringBuilder();
        while (true)
        {
            var line = await ReadLineAsync();
            if (line is null) return command.Length == 0 ? null : command.ToString();
            command.Append(line);
            var open = line.EndsWith('}') ? line.LastIndexOf('{') : -1;
            if (open < 0) return command.ToString();
            var waits = !line.EndsWith("+}", StringComparison.Ordinal);
            var length = int.Parse(line[(open + 1)..^(waits ? 1 : 2)], CultureInfo.InvariantCulture);
            if (waits && _refusesLiterals) return command.ToString();
            if (waits) await SendAsync("+ go on\n");
            var literal = new byte[length];
            await _stream!.ReadExactlyAsync(literal, _end.Token);
            command.Append('|').Append(Encoding.UTF8.GetString(literal));
        }
    }

    private async Task<string?> ReadLineAsync()
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await _stream!.ReadAsync(one, _end.Token) > 0)
        {
            if (one[0] == '\n') return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }
        return line.Count == 0 ? null : Encoding.UTF8.GetString([.. line]);
    }
}

using System.Text;

namespace MailKit.Net.Smtp;

/// <summary>One command, one reply of one or more lines.</summary>
public partial class SmtpClient
{
    const int MaxLine = 8192;
    const int MaxLines = 1000;

    async Task<SmtpResponse> SendCommandAsync(string command, CancellationToken ct)
    {
        Queue(command);
        return await FlushAndReadAsync(ct);
    }

    void Queue(string command)
    {
        // The text may hold an address or a name that came from outside: it must not become a second command.
        if (command.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0) throw new ArgumentException("A command must not contain line ends or NUL.", nameof(command));
        CheckConnected().Queue(Encoding.UTF8.GetBytes(command + "\r\n"));
    }

    async Task<SmtpResponse> FlushAndReadAsync(CancellationToken ct)
    {
        await FlushAsync(ct);
        return await ReadResponseAsync(ct);
    }

    async Task FlushAsync(CancellationToken ct)
    {
        try
        {
            await CheckConnected().FlushAsync(ct);
        }
        catch (Exception e)
        {
            throw Broken(e);
        }
    }

    async Task<SmtpResponse> ReadResponseAsync(CancellationToken ct)
    {
        var connection = CheckConnected();
        try
        {
            var text = new StringBuilder();
            for (var lines = 0; lines < MaxLines; lines++)
            {
                var line = await connection.ReadLineAsync(MaxLine, ct);
                if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), out var code) || code is < 100 or > 599 || (line.Length > 3 && line[3] is not (' ' or '-'))) throw new SmtpProtocolException("The server's reply does not start with a status code.");
                if (text.Length > 0) text.Append('\n');
                text.Append(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line[Math.Min(4, line.Length)..])));
                if (line.Length == 3 || line[3] == ' ') return new SmtpResponse((SmtpStatusCode)code, text.ToString());
            }
            throw new SmtpProtocolException($"The server's reply has more than {MaxLines} lines.");
        }
        catch (Exception e)
        {
            throw Broken(e);
        }
    }

    /// <summary>Closes the connection; where the fault was ours to throw, it is wrapped by nobody and thrown as it is.</summary>
    Exception Broken(Exception fault)
    {
        Close();
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
        return fault;
    }
}

using System.Globalization;

namespace MailKit.Net.Imap;

/// <summary>Sending a command and reading up to its end.</summary>
public partial class ImapClient
{
    /// <summary>Stray lines and challenges that a server may send in one command before it counts as broken.</summary>
    const int MaxNoise = 100;

    uint lastTag;
    int busy;
    int capabilitiesVersion;

    internal ImapFolder? Selected { get; set; }

    internal async Task<ImapStatus> RunAsync(ImapCommand command, CancellationToken ct)
    {
        var connection = CheckConnected();
        if (Interlocked.Exchange(ref busy, 1) != 0) throw new InvalidOperationException("The client is currently busy with another command; give each flow its own client.");
        try
        {
            ct.ThrowIfCancellationRequested();
            lastTag = unchecked(lastTag + 1);
            var tag = string.Create(CultureInfo.InvariantCulture, $"A{lastTag:D8}");
            connection.Queue(tag + " ");
            foreach (var part in command.Parts)
            {
                if (part is string text)
                {
                    connection.Queue(text);
                    continue;
                }
                var bytes = (byte[])part;
                var waits = !Capabilities.HasFlag(ImapCapabilities.LiteralPlus) && !(Capabilities.HasFlag(ImapCapabilities.LiteralMinus) && bytes.Length <= 4096);
                connection.Queue(string.Create(CultureInfo.InvariantCulture, $"{{{bytes.Length}{(waits ? "" : "+")}}}\r\n"));
                if (waits)
                {
                    await connection.FlushAsync(ct);
                    if (await ReadUntilAsync(tag, command, endsAtPlus: true, ct) is { } refused) return refused;
                }
                connection.Queue(bytes);
            }
            connection.Queue("\r\n");
            await connection.FlushAsync(ct);
            return (await ReadUntilAsync(tag, command, endsAtPlus: false, ct))!;
        }
        catch
        {
            Close();
            throw;
        }
        finally
        {
            Interlocked.Exchange(ref busy, 0);
        }
    }

    /// <summary>The command's tagged end; or null where the server asks for the literal to follow.</summary>
    async Task<ImapStatus?> ReadUntilAsync(string tag, ImapCommand command, bool endsAtPlus, CancellationToken ct)
    {
        for (var noise = 0; noise < MaxNoise;)
        {
            var response = await ImapResponse.ReadAsync(Connection!, tag, ct);
            var line = response.Line;
            if (line.StartsWith(tag + " ", StringComparison.Ordinal))
            {
                var status = ImapStatus.Parse(line[(tag.Length + 1)..]);
                if (status.Response == ImapCommandResponse.None) throw new ImapProtocolException("The server ended a command with neither OK, NO nor BAD.");
                ProcessCode(status, command);
                return status;
            }
            if (line.StartsWith("* ", StringComparison.Ordinal))
            {
                ProcessUntagged(response, command);
                continue;
            }
            noise++;
            if (!line.StartsWith('+')) continue;
            if (endsAtPlus) return null;
            if (command.OnChallenge is null) continue;
            Connection!.Queue(await command.OnChallenge(line[1..].Trim()) + "\r\n");
            await Connection.FlushAsync(ct);
        }
        throw new ImapProtocolException("The server sends lines that no IMAP server sends.");
    }

    void ProcessUntagged(ImapResponse response, ImapCommand command)
    {
        var line = response.Line[2..].TrimStart();
        var word = FirstWord(line);
        uint? number = null;
        if (uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
        {
            number = parsed;
            line = line[word.Length..].TrimStart();
            word = FirstWord(line);
        }
        var name = word.ToUpperInvariant();
        var folder = command.Opens ?? Selected;
        switch (name)
        {
            case "OK" or "NO" or "BAD":
                var status = ImapStatus.Parse(line);
                ProcessCode(status, command);
                command.OnUntagged?.Invoke(new ImapUntagged(name, number, new ImapReader([""], [], 0), status));
                break;
            case "BYE":
                if (command.Name != "LOGOUT") throw new ImapProtocolException($"The server ended the session: {ImapStatus.Parse(line).Text}");
                break;
            case "CAPABILITY":
                SetCapabilities(line[word.Length..]);
                break;
            case "EXISTS" when folder is not null && number is { } count:
                folder.Count = (int)Math.Min(count, int.MaxValue);
                break;
            case "EXPUNGE" when folder is { Count: > 0 }:
                folder.Count--;
                break;
            default:
                var at = response.Line.Length - line.Length + word.Length;
                command.OnUntagged?.Invoke(new ImapUntagged(name, number, new ImapReader(response.Text, response.Literals, at)));
                break;
        }
    }

    void ProcessCode(ImapStatus status, ImapCommand? command)
    {
        if (status.Argument("CAPABILITY") is { } capabilities) SetCapabilities(capabilities);
        (command?.Opens ?? Selected)?.ProcessCode(status);
    }

    void SetCapabilities(string names)
    {
        Capabilities = ImapCapabilities.None;
        AuthenticationMechanisms.Clear();
        foreach (var name in names.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name.StartsWith("AUTH=", StringComparison.OrdinalIgnoreCase)) AuthenticationMechanisms.Add(name[5..]);
            else Capabilities |= ImapCapabilityNames.Parse(name);
        }
        capabilitiesVersion++;
    }

    async Task QueryCapabilitiesAsync(CancellationToken ct) => (await RunAsync(new ImapCommand("CAPABILITY"), ct)).ThrowIfNotOk("CAPABILITY");

    static string FirstWord(string line) => line.IndexOf(' ', StringComparison.Ordinal) is var space and >= 0 ? line[..space] : line;
}

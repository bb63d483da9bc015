using System.Diagnostics;
using System.Text;
using MimeKit;
using Shouldly;
using Xunit;

namespace WalletFunctions.Embedded.Tests.Mime;

/// <summary>No bytes make the parser throw (but for a missing header block), hang, overflow the stack, or lose a byte.</summary>
public class HostileMailTests
{
    [Fact]
    public void Mutated_mail_is_read_to_the_end_and_written_back_as_it_came()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var corpus = MailCorpus.Names.Select(MailCorpus.Bytes).ToList();
        for (var round = 0; round < 3000; round++)
        {
            var bytes = Mutate(corpus, random);
            try
            {
                using var mail = MailCorpus.Parse(bytes);
                MailCorpus.ReadEverything(mail);
                Same(MailCorpus.Write(mail, NewLineFormat.Unix), bytes).ShouldBeTrue($"bytes changed; seed {seed}, round {round}: {Convert.ToBase64String(bytes)}");
            }
            catch (FormatException e) when (e.Message == "Failed to parse message headers.")
            {
                // The mutation took the header block away.
            }
            catch (Exception e) when (e is not ShouldAssertException)
            {
                throw new InvalidOperationException($"seed {seed}, round {round}: {Convert.ToBase64String(bytes)}", e);
            }
        }
    }

    [Fact]
    public void Five_thousand_nested_multiparts_stay_within_the_depth_limit()
    {
        var text = new StringBuilder("Subject: deep\r\n");
        for (var i = 0; i < 5000; i++) text.Append($"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n");
        text.Append("\r\nbottom\r\n");
        var bytes = Encoding.ASCII.GetBytes(text.ToString());
        using var mail = MailCorpus.Parse(bytes);
        mail.BodyParts.Count().ShouldBe(1);
        mail.TextBody.ShouldBeNull();
        MailCorpus.Write(mail, NewLineFormat.Dos).ShouldBe(bytes);
        using var shallow = MailCorpus.Parse(bytes, new ParserOptions { MaxMimeDepth = 8 });
        MailCorpus.Write(shallow, NewLineFormat.Dos).ShouldBe(bytes);
    }

    [Fact]
    public void Five_thousand_nested_messages_stay_within_the_depth_limit()
    {
        var bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("Content-Type: message/rfc822\r\n\r\n", 5000)) + "Subject: x\r\n\r\nbottom\r\n");
        using var mail = MailCorpus.Parse(bytes);
        MailCorpus.ReadEverything(mail).ShouldBeGreaterThan(0);
        MailCorpus.Write(mail, NewLineFormat.Dos).ShouldBe(bytes);
    }

    /// <summary>Others may have the machine during one of them.</summary>
    private const int Attempts = 5;

    public static TheoryData<string> Attacks => ["encoded words never closed", "boundary lines of deep nesting", "one endless header", "many headers", "many parts", "many addresses", "many parameters", "commas", "comments", "base64 noise", "references", "equal signs"];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Time_grows_with_the_size_and_not_with_its_square(string attack)
    {
        Measure(Attack(attack, 2_000)); // compiled once
        for (var attempt = 1; ; attempt++)
        {
            var small = Measure(Attack(attack, 20_000));
            var large = Measure(Attack(attack, 160_000));
            // Eight times the size: eight times the work, and generously four times that for a busy machine. Its square would be 64 times, each time.
            var most = (small * 32) + TimeSpan.FromMilliseconds(150);
            if (large < most) return;
            if (attempt == Attempts) large.ShouldBeLessThan(most);
        }
    }

    private static TimeSpan Measure(byte[] bytes)
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var watch = Stopwatch.StartNew();
            using var mail = MailCorpus.Parse(bytes);
            MailCorpus.ReadEverything(mail);
            MailCorpus.Write(mail, NewLineFormat.Unix);
            if (watch.Elapsed < best) best = watch.Elapsed;
        }
        return best;
    }

    private static byte[] Attack(string kind, int size)
    {
        string Many(string piece) => string.Concat(Enumerable.Repeat(piece, size / piece.Length));
        var text = kind switch
        {
            "encoded words never closed" => "Subject: " + Many("=?u?q?") + "\n\nx\n",
            "boundary lines of deep nesting" => "Subject: x\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n")) + "\n" + Many("--bX\n"),
            "one endless header" => "Subject: " + Many("word \n ") + "\n\nx\n",
            "many headers" => Many("X-A: b\n") + "\nx\n",
            "many parts" => "Content-Type: multipart/mixed; boundary=b\n\n" + Many("--b\n\n"),
            "many addresses" => "To: " + Many("a@b.example, ") + "\n\nx\n",
            "many parameters" => "Content-Type: text/plain" + Many("; a*0*=b") + "\n\nx\n",
            "commas" => "To: " + Many("a,") + "\n\nx\n",
            "comments" => "To: " + Many("(") + "\n\nx\n",
            "base64 noise" => "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + Many("=A"),
            "references" => "References: " + Many("<") + "\n\nx\n",
            "equal signs" => "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n" + Many("= "),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return Encoding.ASCII.GetBytes(text);
    }

    private static byte[] Mutate(List<byte[]> corpus, Random random)
    {
        var bytes = corpus[random.Next(corpus.Count)].ToArray();
        for (var i = random.Next(1, 6); i > 0 && bytes.Length > 1; i--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0: bytes = bytes[..at]; break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes = [.. bytes[..at], .. "\n--=?;\"<,:("u8.Slice(random.Next(9), 2), .. bytes[at..]]; break;
                case 3: bytes = [.. bytes[..at], .. bytes[random.Next(at, bytes.Length)..]]; break;
                default: var other = corpus[random.Next(corpus.Count)]; bytes = [.. bytes[..at], .. other[random.Next(other.Length)..]]; break;
            }
        }
        return bytes;
    }

    /// <summary>Equal but for line breaks, which the format options decide; binary parts keep theirs.</summary>
    private static bool Same(byte[] written, byte[] original)
    {
        return Normal(written).SequenceEqual(Normal(original));

        static byte[] Normal(byte[] bytes) => bytes.Where(b => b != '\r').ToArray();
    }
}

using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MailKit;
using MailKit.Net;
using MailKit.Net.Imap;
using Shouldly;
using Xunit;

namespace Embedded.Tests.Mail;

public class ImapParsingTests
{
    [Fact]
    public void Every_folder_name_survives_its_encoding()
    {
        Check.QuickThrowOnFailure(Prop.ForAll<NonNull<string>>(name => Surrogates(name.Get) || ImapEncoding.Decode(ImapEncoding.Encode(name.Get)) == name.Get));
        ImapEncoding.Encode("~peter/mail/台北/日本語").ShouldBe("~peter/mail/&U,BTFw-/&ZeVnLIqe-"); // RFC 3501 5.1.3
        ImapEncoding.Decode("a&b and raw 台北").ShouldBe("a&b and raw 台北");
    }

    [Fact]
    public async Task No_answer_of_a_server_makes_the_reader_hang_or_fail_otherwise_than_as_a_protocol_error()
    {
        string[] pieces = ["* ", "1 ", "FETCH ", "(", ")", "UID ", "BODY[", "]", "{3}", "{0}", "{+}", "{99999999999999999999}", "\"", "\\", "NIL ", "\r\n", "\n", "[", "<0>", "abc", "\0", "\xff", " ", "~{2}", "A00000001 OK"];
        var random = new Random(20261122);
        for (var round = 0; round < 5_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => pieces[random.Next(pieces.Length)]));
            using var connection = new MailConnection(new MemoryStream(Encoding.Latin1.GetBytes(text)), 0, message => new ImapProtocolException(message));
            try
            {
                while (true)
                {
                    var response = await ImapResponse.ReadAsync(connection, "A00000001", CancellationToken.None);
                    _ = ImapStatus.Parse(response.Line);
                    var values = new ImapReader(response.Text, response.Literals, 0).ReadAll().Take(1_000).Count();
                    values.ShouldBeLessThan(1_000, text);
                }
            }
            catch (ImapProtocolException)
            {
                // The end of the text, or too much of something.
            }
        }
    }

    [Fact]
    public void Sets_of_UIDs_are_written_as_runs_and_cut_to_fit()
    {
        Text(3, 1, 2, 7, 9, 8, 7).ShouldBe(["1:3,7:9"]);
        UidText.Subsets([.. Enumerable.Range(0, 10).Select(i => new UniqueId((uint)(10 + (i * 2))))], 8).ShouldBe(["10,12,14", "16,18,20", "22,24,26", "28"]);
        Text(uint.MaxValue - 1, uint.MaxValue).ShouldBe(["4294967294:4294967295"]);
        UidText.Subsets([], 10).ShouldBeEmpty();

        static IEnumerable<string> Text(params uint[] ids) => UidText.Subsets([.. ids.Select(id => new UniqueId(id))], 100);
    }

    [Fact]
    public void UIDs_compare_by_number_alone_and_a_range_is_lazy()
    {
        new UniqueId(1, 5).ShouldBe(new UniqueId(2, 5));
        (new UniqueId(5) < new UniqueId(6)).ShouldBeTrue();
        UniqueId.Invalid.IsValid.ShouldBeFalse();
        Should.Throw<ArgumentOutOfRangeException>(() => new UniqueId(0));
        UniqueId.TryParse("0", out UniqueId _).ShouldBeFalse();
        UniqueIdRange.All.ToString().ShouldBe("1:*");
        UniqueIdRange.All.Contains(new UniqueId(4_000_000_000)).ShouldBeTrue();
        new UniqueIdRange(new UniqueId(5), new UniqueId(3)).Select(u => u.Id).ShouldBe([5u, 4u, 3u]);
    }

    private static bool Surrogates(string name) => name.Any(char.IsSurrogate);
}

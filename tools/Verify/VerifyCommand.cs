using WalletFunctions.Domain;
using WalletFunctions.Domain.Signing;
using WalletFunctions.Domain.Vouchers;

namespace WalletFunctions.Verify;

/// <summary>The command: reads a voucher and the published keys, and says whether the one was signed with the other.</summary>
internal static class VerifyCommand
{
    private const int Good = 0;
    private const int Bad = 1;

    private static readonly Text Usage = new(
        """
        用法：dotnet run --project tools/Verify -- [凭证文件] --keys 公钥文件 [--language zh|en]
        凭证：签名文本（.jws）、接口返回的 JSON 或可打印页面；省略或写 - 时从标准输入读取。
        公钥：GET /api/v1/voucher-keys 的回答。退出码：0 有效，1 无效或无法核验。
        """,
        """
        Usage: dotnet run --project tools/Verify -- [voucher] --keys KEYS [--language zh|en]
        voucher: the signed text (.jws), the API's JSON, or the printable page; left out or "-", it is read from standard input.
        KEYS: the answer of GET /api/v1/voucher-keys. Exit code: 0 good, 1 not good or not to be verified.
        """);

    /// <param name="lang">As the shell has it; Chinese is spoken where it begins with <c>zh</c>.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> args, TextReader input, TextWriter output, string? lang)
    {
        var language = lang?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true ? Language.Zh : Language.En;
        var (voucherFile, keysFile) = ("-", (string?)null);
        var queue = new Queue<string>(args);
        var voucherSeen = false;
        while (queue.TryDequeue(out var argument))
        {
            if (argument == "--keys" && queue.TryDequeue(out var keysNamed) && keysFile is null)
            {
                keysFile = keysNamed;
            }
            else if (argument == "--language" && queue.TryDequeue(out var spoken) && spoken is "zh" or "en")
            {
                language = spoken == "zh" ? Language.Zh : Language.En;
            }
            else if (!voucherSeen && (argument == "-" || !argument.StartsWith('-')))
            {
                (voucherFile, voucherSeen) = (argument, true);
            }
            else
            {
                return Say(Usage);
            }
        }

        if (keysFile is null)
        {
            return Say(Usage);
        }

        try
        {
            return PublicKeySet.Parse(File.ReadAllText(keysFile)) is not { Keys.Count: > 0 } keys
                ? Say(new($"{keysFile} 里没有公钥。", $"{keysFile} has no keys in it."))
                : Tell(VoucherCheck.Of(voucherFile == "-" ? input.ReadToEnd() : File.ReadAllText(voucherFile), keys));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Say(new($"无法读取：{fault.Message}", $"Cannot be read: {fault.Message}"));
        }

        int Say(Text text)
        {
            output.WriteLine(text.In(language));
            return Bad;
        }

        int Tell(VoucherCheck check)
        {
            output.WriteLine((check.IsGood ? new Text("有效 ", "GOOD ") : new Text("无效 ", "BAD ")).In(language) + check.Finding.In(language));
            foreach (var (name, value) in check.Voucher?.Fields() ?? [])
            {
                output.WriteLine($"  {name,-14} {Printable(value)}");
            }

            if (check.KeyId is { } keyId)
            {
                output.WriteLine($"  {"keyId",-14} {Printable(keyId)}");
            }

            return check.IsGood ? Good : Bad;
        }
    }

    /// <summary>A forged voucher must not speak to the terminal.</summary>
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}

using WalletFunctions.Domain;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Domain.Signing;

namespace WalletFunctions.Verify;

/// <summary>The command's verb <c>anchor</c>: whether a day's anchor is whole, signed with the published keys, and linked to the one before.</summary>
internal static class AnchorCommand
{
    private static readonly Text Usage = new(
        """
        用法：dotnet run --project tools/Verify -- anchor 存证文件 [前一日存证文件] --keys 公钥文件
        公钥：GET /api/v1/anchor-keys 的回答。退出码：0 有效，1 无效或无法核验。
        """,
        """
        Usage: dotnet run --project tools/Verify -- anchor FILE [FILE OF THE DAY BEFORE] --keys KEYS
        KEYS: the answer of GET /api/v1/anchor-keys. Exit code: 0 good, 1 not good or not to be verified.
        """);

    /// <param name="args">What follows the verb.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, Language language)
    {
        if (args is not ([_, "--keys", _] or [_, _, "--keys", _]) || args.Take(args.Count - 2).Any(file => file.StartsWith('-')))
        {
            return Say(Usage);
        }

        try
        {
            if (PublicKeySet.Parse(await File.ReadAllTextAsync(args[^1])) is not { Keys.Count: > 0 } keys)
            {
                return Say(new($"{args[^1]} 里没有公钥。", $"{args[^1]} has no keys in it."));
            }

            var check = await CheckAsync(args[0], keys);
            var before = args.Count == 4 ? await CheckAsync(args[1], keys) : null;
            var fault = check.Fault != AnchorFault.None ? check.Fault.ToString()
                : before is { Fault: not AnchorFault.None } ? "the day before: " + before.Fault
                : before is not null && check.Statement!.Previous != AnchorStatement.HashOf(before.Jws!) ? "NotLinked"
                : null;
            await output.WriteLineAsync((fault is null ? new Text("有效", "GOOD") : new Text($"无效 {fault}", $"BAD {fault}")).In(language));
            if (check.Statement is { } statement)
            {
                await output.WriteLineAsync($"  day            {statement.Day:yyyy-MM-dd}\n  books          {statement.Books}\n  previous       {statement.Previous ?? "-"}");
            }

            return fault is null ? 0 : 1;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Say(new($"无法读取：{fault.Message}", $"Cannot be read: {fault.Message}"));
        }

        int Say(Text text)
        {
            output.WriteLine(text.In(language));
            return 1;
        }
    }

    private static async Task<AnchorCheck> CheckAsync(string file, PublicKeySet keys)
    {
        await using var content = File.OpenRead(file);
        return await AnchorDocument.CheckAsync(content, null, keys, CancellationToken.None);
    }
}

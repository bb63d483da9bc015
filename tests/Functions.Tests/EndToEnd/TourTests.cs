using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Shouldly;
using Functions.Tests.Conventions;
using Xunit;

namespace WalletFunctions.Tests.EndToEnd;

/// <summary>The README's tour, run as a newcomer would type it.</summary>
public partial class TourTests
{
    private const string Separator = "@@@@ next answer @@@@";

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public async Task The_tour_gives_the_answers_that_the_README_shows(string readme)
    {
        var steps = Steps().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, readme)));
        steps.Count.ShouldBeGreaterThan(10);
        using var own = new OwnStorage();
        await using var host = await HostProcess.StartAsync(own.ConnectionString);
        var script = string.Concat(steps.Select(step => $"{step.Groups["commands"].Value}\nprintf '\\n{Separator}\\n'\n"))
            .Replace("127.0.0.1:7071", $"127.0.0.1:{host.Port}", StringComparison.Ordinal);

        var answers = (await RunAsync(script)).Split(Separator);

        answers.Length.ShouldBe(steps.Count + 1, "one answer for each step");
        foreach (var (step, answer) in steps.Zip(answers))
        {
            Shape(answer).ShouldBe(Shape(step.Groups["answer"].Value), step.Groups["commands"].Value);
        }
    }

    /// <summary>What is left of an answer when ids, times, codes and keys, which differ from run to run, are taken out.</summary>
    private static string Shape(string answer)
    {
        var text = answer.Trim();
        if (text.StartsWith('{'))
        {
            text = JsonSerializer.Serialize(JsonDocument.Parse(text));
        }

        return Volatile().Replace(text, "*");
    }

    private static async Task<string> RunAsync(string script)
    {
        var folder = Directory.CreateTempSubdirectory("tour");
        try
        {
            using var bash = Process.Start(new ProcessStartInfo("bash", ["-ec", script])
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            var errors = bash.StandardError.ReadToEndAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            var output = await bash.StandardOutput.ReadToEndAsync(limit.Token);
            await bash.WaitForExitAsync(limit.Token);
            bash.ExitCode.ShouldBe(0, $"{await errors}\n{output}");
            return output;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex("```sh\n(?<commands>.*?)```\n```json\n(?<answer>.*?)```\n", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Steps();

    [GeneratedRegex("""
        (?<=[a-z]{3,4}_)[0-9a-z]{26} | \d{4}-\d\d-\d\dT[0-9:.]+Z | (?<=req_)[0-9a-f]{24} | (?<="rawId":")[0-9a-f]{40} |
        (?<="nextCursor":")[^"]+ | (?<="webhookSecret":")[^"]+ | (?<=\[ref\ )[0-9a-z]+ | (?<="messageId":")[0-9a-z.]+(?=@)
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Volatile();
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Local;

/// <summary>The two files beside the program, as <c>func start</c> reads them.</summary>
internal static partial class LocalSettings
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Each of <c>Values</c> becomes an environment variable, unless there is one of that name.</summary>
    public static void ToEnvironment(string directory)
    {
        var path = Path.Combine(directory, "local.settings.json");
        if (!File.Exists(path)) return;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
            if (document.RootElement.TryGetProperty("IsEncrypted", out var encrypted) && encrypted.ValueKind == JsonValueKind.True)
                throw new HostStartException($"{path} is encrypted, which only Core Tools can read; run 'func settings decrypt' in its folder.");
            if (!document.RootElement.TryGetProperty("Values", out var values)) return;
            foreach (var value in values.EnumerateObject())
                if (Environment.GetEnvironmentVariable(value.Name) is null)
                    Environment.SetEnvironmentVariable(value.Name, value.Value.ToString());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new HostStartException($"{path} is not valid: {e.Message}", e);
        }
    }

    /// <summary>host.json, with the settings <c>AzureFunctionsJobHost__…</c> over it.</summary>
    public static IConfigurationRoot HostJson(string directory, IConfiguration settings)
    {
        try
        {
            return new ConfigurationBuilder()
                .AddJsonFile(Path.Combine(directory, "host.json"), optional: true, reloadOnChange: false)
                .AddInMemoryCollection(settings.GetSection("AzureFunctionsJobHost").AsEnumerable(makePathsRelative: true).Where(s => s.Value is not null))
                .Build();
        }
        catch (InvalidDataException e)
        {
            throw new HostStartException($"host.json is not valid: {e.InnerException?.Message ?? e.Message}", e);
        }
    }

    /// <summary>Replaces each <c>%Name%</c> by the setting of that name.</summary>
    public static string Resolve(this IConfiguration configuration, string text) => Expression().Replace(text, match =>
        configuration[match.Groups["name"].Value]
        ?? throw new HostStartException($"'{text}' names a setting '{match.Groups["name"].Value}' that does not exist."));

    /// <summary>The storage connection string in the named setting; <c>AzureWebJobsStorage</c> when no name is given.</summary>
    public static string ConnectionString(this IConfiguration configuration, string? name)
    {
        name = string.IsNullOrEmpty(name) ? "AzureWebJobsStorage" : configuration.Resolve(name);
        var value = configuration[name] ?? configuration["AzureWebJobs" + name] ?? configuration.GetConnectionString(name);
        if (!string.IsNullOrEmpty(value)) return value;
        if (configuration.GetSection(name).GetChildren().Any())
            throw new NotSupportedException($"The local host reads a connection string from the setting '{name}'; connections by identity ('{name}__accountName' and such) need Azure.");
        throw new HostStartException($"The setting '{name}' is missing: it must hold the storage connection string; for the local emulator it is 'UseDevelopmentStorage=true'.");
    }

    [GeneratedRegex("%(?<name>[^%]+)%", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Expression();
}

/// <summary>host.json, apart from the app's own configuration, which never sees it.</summary>
internal sealed class HostJson(IConfigurationRoot root)
{
    public IConfigurationSection Extension(string name) => root.GetSection("extensions:" + name);
}

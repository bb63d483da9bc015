namespace Functions.Tests.Conventions;

internal static class Repository
{
    /// <summary>The checkout that this assembly was built in.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WalletFunctions.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No WalletFunctions.sln above {AppContext.BaseDirectory}.");
    }
}

using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Platform;

namespace WalletFunctions.Files;

internal static class FilesSetup
{
    public static IServiceCollection AddFiles(this IServiceCollection services)
    {
        services.AddStorageNames(tables: [FileTable.TableName, FileTable.DueTableName], containers: [UploadedFiles.ContainerName]);
        services.AddSingleton(provider => new UploadedFiles(
            provider.GetRequiredService<Storage>(), provider.GetRequiredService<IDataProtectionProvider>(), provider.GetRequiredService<IdSource>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}

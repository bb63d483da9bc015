namespace MailKit;

/// <summary>The server refused a command; the connection stays usable.</summary>
public abstract class CommandException : Exception
{
    protected CommandException(string message, Exception innerException) : base(message, innerException) { }
    protected CommandException(string message) : base(message) { }
    protected CommandException() { }
}

/// <summary>The server broke the protocol or went away; the connection is closed.</summary>
public abstract class ProtocolException : Exception
{
    protected ProtocolException(string message, Exception innerException) : base(message, innerException) { }
    protected ProtocolException(string message) : base(message) { }
    protected ProtocolException() { }
}

public class FolderNotFoundException : Exception
{
    public FolderNotFoundException(string message, string folderName, Exception innerException) : base(message, innerException) => FolderName = folderName;
    public FolderNotFoundException(string message, string folderName) : base(message) => FolderName = folderName;
    public FolderNotFoundException(string folderName) : this("The server has no folder of that name.", folderName) { }

    public string FolderName { get; private set; }
}

public class FolderNotOpenException : InvalidOperationException
{
    public FolderNotOpenException(string folderName, FolderAccess access, string message, Exception innerException) : base(message, innerException) => (FolderName, FolderAccess) = (folderName, access);
    public FolderNotOpenException(string folderName, FolderAccess access, string message) : base(message) => (FolderName, FolderAccess) = (folderName, access);
    public FolderNotOpenException(string folderName, FolderAccess access) : this(folderName, access, $"The folder must first be opened with {access} access.") { }

    public string FolderName { get; private set; }
    public FolderAccess FolderAccess { get; private set; }
}

public class MessageNotFoundException : Exception
{
    public MessageNotFoundException(string message, Exception innerException) : base(message, innerException) { }
    public MessageNotFoundException(string message) : base(message) { }
}

public class ServiceNotConnectedException : InvalidOperationException
{
    public ServiceNotConnectedException(string message, Exception innerException) : base(message, innerException) { }
    public ServiceNotConnectedException(string message) : base(message) { }
    public ServiceNotConnectedException() { }
}

public class ServiceNotAuthenticatedException : InvalidOperationException
{
    public ServiceNotAuthenticatedException(string message, Exception innerException) : base(message, innerException) { }
    public ServiceNotAuthenticatedException(string message) : base(message) { }
    public ServiceNotAuthenticatedException() { }
}

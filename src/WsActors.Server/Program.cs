using WsActors.Server;

try
{
    StartupDescriptors.Reserve();
    return await CommandLine.RunAsync(args);
}
catch (Exception e) when (StartupDescriptors.IsCauseOf(e))
{
    return StartupDescriptors.Report();
}

using WsActors.Server;

return await CommandLine.RunAsync(args);

using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;

namespace WsActors.Transport.Tls;

/// <summary>The TLS of a client with one server, for all of its connections. Any thread.</summary>
internal sealed class ClientTls : StartTls
{
    private const string Section = "ws-actors.client.tls";

    private const string Remedy = "see whether it speaks TLS at that port, and a version no older than ours";

    private readonly ClientTlsOptions _options;

    private readonly string _host;

    private readonly SslStreamCertificateContext? _certificate;

    private readonly X509Certificate2Collection? _authorities;

    /// <param name="options">The trusted authorities, and the client's certificate.</param>
    /// <param name="host">The host name or address that the server's certificate must have, unless the options name another.</param>
    /// <exception cref="ConfigurationException">A file cannot be read; the sentence names the key and the value.</exception>
    public ClientTls(ClientTlsOptions options, string host)
    {
        (_options, _host) = (options, options.ServerName ?? host);
        _certificate = options.Certificate is { } shown ? CertificateFile.Load(shown, Section) : null;
        _authorities = options.Ca is { } path ? CertificateFile.LoadAuthorities(path, $"{Section}.ca") : null;
    }

    public override async Task<TlsStarted> AuthenticateAsync(SslStream stream)
    {
        string? fault = null;
        try
        {
            await stream.AuthenticateAsClientAsync(OptionsFor((sender, certificate, chain, errors) =>
            {
                fault = ErrorOf(sender, certificate, chain, errors);
                return fault is null;
            })).ConfigureAwait(false);
        }
        catch (AuthenticationException e)
        {
            var failure = $"TLS could not be agreed on with it ({e.GetBaseException().Message.TrimEnd('.')}); {Remedy}";
            throw new TlsException(fault ?? failure, isFinal: true, e);
        }

        return new TlsStarted();
    }

    private SslClientAuthenticationOptions OptionsFor(RemoteCertificateValidationCallback validate) => new()
    {
        TargetHost = _host,
        EnabledSslProtocols = TlsProtocols.From(_options.MinVersion),
        AllowRenegotiation = false,
        ClientCertificateContext = _certificate,
        CertificateChainPolicy = _authorities is null ? null : CertificateTrust.Only(_authorities, CertificateTrust.ForServers),
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = validate,
    };

    /// <summary>The error of the server's certificate as the rest of a sentence; null without one.</summary>
    private string? ErrorOf(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (_options.Validate is { } validate)
        {
            return validate(sender, certificate, chain, errors) ? null : "its certificate is not one that ClientTlsOptions.Validate takes";
        }

        return errors switch
        {
            SslPolicyErrors.None => null,
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) => "it showed no certificate",
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) =>
                $"its certificate is not for {_host}; connect by a name that it has, "
                + "or say in ClientTlsOptions.ServerName which it should have",
            _ => $"its certificate is not trusted ({CertificateTrust.ErrorsOf(chain)}); name who signed it in {Section}.ca",
        };
    }
}

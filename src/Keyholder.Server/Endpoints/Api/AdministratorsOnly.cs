namespace Keyholder.Server.Endpoints.Api;

/// <summary>Refuses callers who are not administrators. Runs after <see cref="ApiAuthentication"/>.</summary>
internal sealed class AdministratorsOnly : IEndpointFilter
{
    /// <inheritdoc />
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        ApiCaller.Of(context.HttpContext).IsAdministrator ? next(context) : new(new ApiErrorResult(ApiErrors.ScopeInsufficient));
}

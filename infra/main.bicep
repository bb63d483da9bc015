// What the wallet needs in Azure, and no more: storage, a Flex Consumption plan with the app, one identity with
// least roles, Communication Services for outgoing mail, Application Insights. Nothing holds an account key.
targetScope = 'resourceGroup'

@description('Prefix of every name: 3 to 11 lower-case letters and digits.')
@minLength(3)
@maxLength(11)
param name string

@description('Where everything runs.')
param location string = resourceGroup().location

@description('Where Communication Services keeps mail at rest.')
param mailDataLocation string = 'Asia Pacific'

@description('Root of every derived key (fingerprints, look-ups, signed Message-IDs): 32 random bytes, base64.')
@secure()
param secretsRoot string

@description('The API of the acquirer, which charges bank cards.')
param acquirerBaseUrl string

@description('Signs our requests to the acquirer: base64.')
@secure()
param acquirerRequestSecret string

@description('Verifies the acquirer\'s callbacks (Standard Webhooks) and daily files: base64.')
@secure()
param acquirerCallbackSecret string

@description('The bank\'s API.')
param bankBaseUrl string

@description('Signs our requests to the bank: base64.')
@secure()
param bankRequestSecret string

@description('Verifies the bank\'s callbacks (Standard Webhooks) and daily files: base64.')
@secure()
param bankCallbackSecret string

@description('The support mailbox\'s IMAP server; empty: no mail is fetched.')
param imapHost string = ''

@description('The support mailbox\'s user.')
param imapUser string = ''

@description('The support mailbox\'s password.')
@secure()
param imapPassword string = ''

@description('The gateway of short messages; empty: one-time codes go by mail alone.')
param smsBaseUrl string = ''

@description('Signs our requests to the gateway of short messages: base64.')
@secure()
param smsRequestSecret string = ''

@description('The most instances the app may grow to.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 100

var unique = uniqueString(resourceGroup().id, name)
var packages = 'packages'

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${name}-insights'
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: logs.id
    DisableLocalAuth: true
  }
}

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: '${name}${unique}'
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
    // Identities only: there is no key to leak.
    allowSharedKeyAccess: false
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // Raw mail and signed anchors must outlive a mistaken delete.
      deleteRetentionPolicy: { enabled: true, days: 30 }
    }

    resource packageContainer 'containers' = {
      name: packages
    }

    // Whoever may write to the storage may still not rewrite what the books were: an anchor is created once.
    resource anchors 'containers' = {
      name: 'anchors'

      resource immutability 'immutabilityPolicies' = {
        name: 'default'
        properties: {
          immutabilityPeriodSinceCreationInDays: 3650
          allowProtectedAppendWrites: false
        }
      }
    }
  }
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-app'
  location: location
}

resource mail 'Microsoft.Communication/emailServices@2023-04-01' = {
  name: '${name}-mail'
  location: 'global'
  properties: { dataLocation: mailDataLocation }

  resource domain 'domains' = {
    name: 'AzureManagedDomain'
    location: 'global'
    properties: {
      domainManagement: 'AzureManaged'
      // A rewritten link or a tracking pixel has no place in a letter about money.
      userEngagementTracking: 'Disabled'
    }
  }
}

resource communication 'Microsoft.Communication/communicationServices@2023-04-01' = {
  name: '${name}-communication'
  location: 'global'
  properties: {
    dataLocation: mailDataLocation
    linkedDomains: [mail::domain.id]
  }
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: '${name}-plan'
  location: location
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: '${name}-${unique}'
  location: location
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${packages}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: maximumInstanceCount
      }
    }
    siteConfig: { minTlsVersion: '1.2' }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: union({
      Acquirer__BaseUrl: acquirerBaseUrl
      Acquirer__RequestSecret: acquirerRequestSecret
      Acquirer__WebhookSecret: acquirerCallbackSecret
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
      APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
      AZURE_CLIENT_ID: identity.properties.clientId
      AzureWebJobsStorage__accountName: storage.name
      AzureWebJobsStorage__clientId: identity.properties.clientId
      AzureWebJobsStorage__credential: 'managedidentity'
      Bank__BaseUrl: bankBaseUrl
      Bank__RequestSecret: bankRequestSecret
      Bank__WebhookSecret: bankCallbackSecret
      Mail__Acs__Endpoint: 'https://${communication.properties.hostName}'
      Mail__Domain: mail::domain.properties.mailFromSenderDomain
      Mail__From__Address: 'DoNotReply@${mail::domain.properties.mailFromSenderDomain}'
      // Hourly: the first tick after midnight in Asia/Shanghai begins the day's run, any tick takes up what was left half-way.
      Reconciliation__Schedule: '0 10 * * * *'
      // Who decided a review and died is followed up after 30 seconds, and one that nobody decides ends within this much of its day.
      Reviews__Schedule: '*/30 * * * * *'
      Secrets__Root: secretsRoot
    }, empty(imapHost) ? {} : {
      // All or none: a mailbox that is named must be complete.
      Mail__Imap__Host: imapHost
      Mail__Imap__Password: imapPassword
      Mail__Imap__User: imapUser
    }, empty(smsBaseUrl) ? {} : {
      Sms__BaseUrl: smsBaseUrl
      Sms__RequestSecret: smsRequestSecret
    })
  }
}

// Each role with what needs it; nothing wider.
var roles = {
  // Host locks and keys, the deployment package, raw mail, Data Protection's key ring.
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  // Queue triggers with their poison queues, Durable's control and work-item queues.
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fbf8'
  // Books, accounts, conversations, Durable's history.
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

resource storageRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in items(roles): {
    name: guid(storage.id, identity.id, role.value)
    scope: storage
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
    }
  }
]

// Communication and Email Service Owner: the narrowest built-in role that may send mail.
resource mailRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(communication.id, identity.id, 'send')
  scope: communication
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '09976791-48a7-449e-bb21-39d1a415f350')
  }
}

// Monitoring Metrics Publisher: telemetry without an ingestion key.
resource telemetryRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, identity.id, 'publish')
  scope: insights
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '3913510d-42f4-4e42-8a64-420c390055eb')
  }
}

output appUrl string = 'https://${app.properties.defaultHostName}/api'
output mailDomain string = mail::domain.properties.mailFromSenderDomain
